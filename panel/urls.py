"""The panel's own pages. Lists and forms of single tables are the admin's."""

from django.urls import path

from panel.campaigns.download import download_campaign
from panel.campaigns.page import show_campaign, show_campaigns
from panel.campaigns.pause import pause_campaign, resume_campaign
from panel.customers.page import show_customer
from panel.imports.download import download_bad_rows
from panel.imports.page import match_columns, new_import, show_import, show_imports
from panel.mailbox.page import show_mail, show_mailbox
from panel.orders.page import show_order
from panel.playbooks.page import show_playbooks, win_back
from panel.switch_store import switch_store

app_name = "panel"
urlpatterns = [
    path("store/", switch_store, name="switch_store"),
    path("customers/<int:pk>/", show_customer, name="customer"),
    path("orders/<int:pk>/", show_order, name="order"),
    path("campaigns/", show_campaigns, name="campaigns"),
    path("campaigns/<slug:code>/", show_campaign, name="campaign"),
    path("campaigns/<slug:code>/weeks.csv", download_campaign, name="campaign_csv"),
    path("campaigns/<slug:code>/pause/", pause_campaign, name="campaign_pause"),
    path("campaigns/<slug:code>/resume/", resume_campaign, name="campaign_resume"),
    path("playbooks/", show_playbooks, name="playbooks"),
    path("playbooks/win-back/", win_back, name="win_back"),
    path("imports/", show_imports, name="imports"),
    path("imports/new/", new_import, name="import_new"),
    path("imports/new/columns/", match_columns, name="import_match"),
    path("imports/<int:pk>/", show_import, name="import"),
    path("imports/<int:pk>/bad-rows.csv", download_bad_rows, name="import_bad_rows"),
    path("mailbox/", show_mailbox, name="mailbox"),
    path("mailbox/<str:key>/", show_mail, name="mail"),
]
