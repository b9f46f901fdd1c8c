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
from panel.customers.erase import erase_customer, export_customer
from panel.customers.merge import merge_customer
from panel.customers.page import show_customer
from panel.customers.undo_merge import undo_merge_of
from panel.earning.page import edit_expiry, edit_rule, new_rule, show_earning, stop_rule
from panel.earning.takes import give_back_take, hand_over_take, show_takes
from panel.gift_balances.export import export_gift_balances
from panel.gift_balances.issue import issue_gift_balance, take_back_gift_balance
from panel.gift_balances.mails import begin_gift_mails
from panel.gift_balances.page import show_gift_balance, show_gift_balances
from panel.imports.download import download_bad_rows
from panel.imports.page import match_columns, new_import, show_import, show_imports
from panel.ledger.correct import correct_points, decide_correction, show_corrections
from panel.ledger.liability import download_liability, json_liability, show_liability
from panel.ledger.move import move_points
from panel.ledger.page import check_books, show_books
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
from panel.partners.links import new_link
from panel.partners.months import close, download_payouts
from panel.partners.page import edit_partner, new_partner, share_statement, show_partner, show_partners
from panel.plan.page import edit_plan as edit_sales_plan
from panel.plan.page import show_plan
from panel.playbooks.page import birthday, cart_reminder, points_warning, show_playbooks, win_back
from panel.referrals.mails import begin_mails
from panel.referrals.page import edit_settings, show_referrals
from panel.referrals.review import review_case
from panel.segments.act import edit_limits, put_away_segment
from panel.segments.build import edit_segment, new_segment, preview_segment
from panel.segments.page import show_segment, show_segments
from panel.segments.people import download_members, upload_list
from panel.segments.ready import open_ready_segments
from panel.stamps.page import edit_stamp_card, new_stamp_card, open_example_card, show_stamp_cards
from panel.switch_store import switch_store
from panel.tiers.give import give_tier, take_back_tier
from panel.tiers.page import edit_tiers, end_tiers, open_example, show_tiers, tell_customers
from panel.try_cart.page import try_cart

app_name = "panel"
urlpatterns = [
    path("store/", switch_store, name="switch_store"),
    path("customers/<int:pk>/", show_customer, name="customer"),
    path("customers/<int:pk>/merge/", merge_customer, name="merge"),
    path("customers/merges/<int:pk>/undo/", undo_merge_of, name="merge_undo"),
    path("customers/<int:pk>/export/", export_customer, name="export"),
    path("customers/<int:pk>/erase/", erase_customer, name="erase"),
    path("customers/<int:pk>/card/", give_card, name="card_give"),
    path("cards/", show_plans, name="cards"),
    path("cards/ready/", open_ready_plans, name="cards_ready"),
    path("cards/new/", new_plan, name="card_plan_new"),
    path("cards/plans/<slug:code>/", edit_plan, name="card_plan"),
    path("cards/<int:pk>/end/", end_card, name="card_end"),
    path("earning/", show_earning, name="earning"),
    path("earning/new/", new_rule, name="earning_new"),
    path("earning/expiry/", edit_expiry, name="earning_expiry"),
    path("earning/rules/<slug:code>/", edit_rule, name="earning_edit"),
    path("earning/rules/<slug:code>/end/", stop_rule, name="earning_stop"),
    path("rewards-taken/", show_takes, name="takes"),
    path("rewards-taken/<int:pk>/give-back/", give_back_take, name="take_cancel"),
    path("rewards-taken/<int:pk>/hand-over/", hand_over_take, name="take_hand_over"),
    path("tiers/", show_tiers, name="tiers"),
    path("tiers/change/", edit_tiers, name="tiers_edit"),
    path("tiers/example/", open_example, name="tiers_example"),
    path("tiers/mails/", tell_customers, name="tiers_mails"),
    path("tiers/end/", end_tiers, name="tiers_end"),
    path("segments/", show_segments, name="segments"),
    path("segment-life-cycle/", edit_limits, name="segment_limits"),
    path("ready-segments/", open_ready_segments, name="segments_ready"),
    path("new-segment/", new_segment, name="segment_new"),
    path("new-segment/preview/", preview_segment, name="segment_preview"),
    path("segments/<slug:code>/", show_segment, name="segment"),
    path("segments/<slug:code>/change/", edit_segment, name="segment_edit"),
    path("segments/<slug:code>/preview/", preview_segment, name="segment_preview_of"),
    path("segments/<slug:code>/list/", upload_list, name="segment_list"),
    path("segments/<slug:code>/archive/", put_away_segment, name="segment_archive"),
    path("segments/<slug:code>/customers.csv", download_members, name="segment_members_csv"),
    path("stamp-cards/", show_stamp_cards, name="stamp_cards"),
    path("stamp-cards/example/", open_example_card, name="stamp_cards_example"),
    path("stamp-cards/new/", new_stamp_card, name="stamp_card_new"),
    path("stamp-cards/<slug:code>/change/", edit_stamp_card, name="stamp_card"),
    path("customers/<int:pk>/tier/", give_tier, name="tier_give"),
    path("customers/<int:pk>/tier/take-back/", take_back_tier, name="tier_take_back"),
    path("orders/<int:pk>/", show_order, name="order"),
    path("try-a-cart/", try_cart, name="try_cart"),
    path("offers/", show_offers, name="offers"),
    path("new-offer/", new_offer, name="offer_new"),
    path("new-offer/preview/", preview_offer, name="offer_preview"),
    path("new-offer/products/", find_offer_products, name="offer_products"),
    path("offer-calendar/", show_calendar, name="offer_calendar"),
    path("sales-plan/", show_plan, name="sales_plan"),
    path("sales-plan/change/", edit_sales_plan, name="sales_plan_edit"),
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
    path("gift-balances/", show_gift_balances, name="gift_balances"),
    path("gift-balances/new/", issue_gift_balance, name="gift_balance_issue"),
    path("gift-balances/codes/", export_gift_balances, name="gift_balance_codes"),
    path("gift-balances/mails/", begin_gift_mails, name="gift_balance_mails"),
    path("gift-balances/<int:pk>/", show_gift_balance, name="gift_balance"),
    path("gift-balances/<int:pk>/take-back/", take_back_gift_balance, name="gift_balance_take_back"),
    path("campaigns/<slug:code>/codes/", show_codes, name="campaign_codes"),
    path("campaigns/<slug:code>/codes.csv", download_codes, name="campaign_codes_csv"),
    path("campaigns/", show_campaigns, name="campaigns"),
    path("campaigns/<slug:code>/", show_campaign, name="campaign"),
    path("campaigns/<slug:code>/weeks.csv", download_campaign, name="campaign_csv"),
    path("campaigns/<slug:code>/pause/", pause_campaign, name="campaign_pause"),
    path("campaigns/<slug:code>/resume/", resume_campaign, name="campaign_resume"),
    path("referrals/", show_referrals, name="referrals"),
    path("referrals/mails/", begin_mails, name="referral_mails"),
    path("referrals/terms/", edit_settings, name="referral_settings"),
    path("referrals/cases/<int:pk>/", review_case, name="referral_review"),
    path("partners/", show_partners, name="partners"),
    path("new-partner/", new_partner, name="partner_new"),
    path("partner-months/", close, name="partner_month"),
    path("partner-months/<str:month>/payouts.csv", download_payouts, name="partner_payouts"),
    path("partners/<slug:code>/", show_partner, name="partner"),
    path("partners/<slug:code>/change/", edit_partner, name="partner_edit"),
    path("partners/<slug:code>/link/", new_link, name="partner_link"),
    path("partners/<slug:code>/statement/", share_statement, name="partner_statement"),
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
    path("ledger/books/", show_books, name="books"),
    path("ledger/liability/", show_liability, name="liability"),
    path("ledger/liability.csv", download_liability, name="liability_csv"),
    path("ledger/liability.json", json_liability, name="liability_json"),
    path("customers/<int:pk>/hand-on/", move_points, name="move_points"),
    path("ledger/books/check/", check_books, name="books_check"),
    path("ledger/corrections/", show_corrections, name="corrections"),
    path("ledger/corrections/<int:pk>/", decide_correction, name="correction_decide"),
    path("customers/<int:pk>/points/", correct_points, name="correct_points"),
    path("mailbox/", show_mailbox, name="mailbox"),
    path("mailbox/<str:key>/", show_mail, name="mail"),
]
