"""Pages that customers reach from a mail."""

from django.urls import path

from storefront.pages.card import card_page
from storefront.pages.claim import claim_page
from storefront.pages.go import go
from storefront.pages.statement import statement_page
from storefront.pages.unsubscribe import unsubscribe_page

urlpatterns = [
    path("card/<str:token>/", card_page, name="card"),
    path("claim/<str:token>/", claim_page, name="claim"),
    path("go/<slug:store_code>/<slug:code>/", go, name="go"),
    path("statement/<str:token>/", statement_page, name="statement"),
    path("unsubscribe/<str:token>/", unsubscribe_page, name="unsubscribe"),
]
