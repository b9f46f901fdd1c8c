"""The panel's own pages. Lists and forms of single tables are the admin's."""

from django.urls import path

from panel.campaigns.download import download_campaign
from panel.campaigns.page import show_campaign, show_campaigns
from panel.campaigns.pause import pause_campaign, resume_campaign
from panel.cards.membership import end_card, give_card
from panel.cards.page import edit_plan, new_plan, open_ready_plans, show_plans
from panel.coupons.codes import show_codes
from panel.coupons.download import download_codes
from panel.coupons.page import new_coupons
from panel.customers.page import show_customer
from panel.imports.download import download_bad_rows
from panel.imports.page import match_columns, new_import, show_import, show_imports
from panel.mailbox.page import show_mail, show_mailbox
from panel.offers.act import archive_offer, duplicate_offer, pause_offer, resume_offer, schedule_offer
from panel.offers.build import edit_offer, new_offer, preview_offer
from panel.offers.calendar import show_calendar
from panel.offers.forecast import show_forecast
from panel.offers.lanes import order_lanes
from panel.offers.open_campaign import open_campaign
from panel.offers.pages import find_offer_products, show_offer, show_offers
from panel.offers.publish import publish_offer
from panel.orders.page import show_order
from panel.playbooks.page import birthday, cart_reminder, points_warning, show_playbooks, win_back
from panel.switch_store import switch_store
from panel.try_cart.page import try_cart

app_name = "panel"
urlpatterns = [
    path("store/", switch_store, name="switch_store"),
    path("customers/<int:pk>/", show_customer, name="customer"),
    path("customers/<int:pk>/card/", give_card, name="card_give"),
    path("cards/", show_plans, name="cards"),
    path("cards/ready/", open_ready_plans, name="cards_ready"),
    path("cards/new/", new_plan, name="card_plan_new"),
    path("cards/plans/<slug:code>/", edit_plan, name="card_plan"),
    path("cards/<int:pk>/end/", end_card, name="card_end"),
    path("orders/<int:pk>/", show_order, name="order"),
    path("try-a-cart/", try_cart, name="try_cart"),
    path("offers/", show_offers, name="offers"),
    path("new-offer/", new_offer, name="offer_new"),
    path("new-offer/preview/", preview_offer, name="offer_preview"),
    path("new-offer/products/", find_offer_products, name="offer_products"),
    path("offer-calendar/", show_calendar, name="offer_calendar"),
    path("offer-steps/", order_lanes, name="lanes"),
    path("offers/<slug:code>/", show_offer, name="offer"),
    path("offers/<slug:code>/change/", edit_offer, name="offer_edit"),
    path("offers/<slug:code>/preview/", preview_offer, name="offer_preview_of"),
    path("offers/<slug:code>/publish/", publish_offer, name="offer_publish"),
    path("offers/<slug:code>/forecast/", show_forecast, name="offer_forecast"),
    path("offers/<slug:code>/schedule/", schedule_offer, name="offer_schedule"),
    path("offers/<slug:code>/duplicate/", duplicate_offer, name="offer_duplicate"),
    path("offers/<slug:code>/campaign/", open_campaign, name="offer_campaign"),
    path("offers/<slug:code>/pause/", pause_offer, name="offer_pause"),
    path("offers/<slug:code>/resume/", resume_offer, name="offer_resume"),
    path("offers/<slug:code>/archive/", archive_offer, name="offer_archive"),
    path("coupons/new/", new_coupons, name="coupons_new"),
    path("campaigns/<slug:code>/codes/", show_codes, name="campaign_codes"),
    path("campaigns/<slug:code>/codes.csv", download_codes, name="campaign_codes_csv"),
    path("campaigns/", show_campaigns, name="campaigns"),
    path("campaigns/<slug:code>/", show_campaign, name="campaign"),
    path("campaigns/<slug:code>/weeks.csv", download_campaign, name="campaign_csv"),
    path("campaigns/<slug:code>/pause/", pause_campaign, name="campaign_pause"),
    path("campaigns/<slug:code>/resume/", resume_campaign, name="campaign_resume"),
    path("playbooks/", show_playbooks, name="playbooks"),
    path("playbooks/win-back/", win_back, name="win_back"),
    path("playbooks/left-carts/", cart_reminder, name="cart_reminder"),
    path("playbooks/points-that-end/", points_warning, name="points_warning"),
    path("playbooks/birthdays/", birthday, name="birthday"),
    path("imports/", show_imports, name="imports"),
    path("imports/new/", new_import, name="import_new"),
    path("imports/new/columns/", match_columns, name="import_match"),
    path("imports/<int:pk>/", show_import, name="import"),
    path("imports/<int:pk>/bad-rows.csv", download_bad_rows, name="import_bad_rows"),
    path("mailbox/", show_mailbox, name="mailbox"),
    path("mailbox/<str:key>/", show_mail, name="mail"),
]
