"""Pages that customers reach from a mail."""

from django.urls import path

from storefront.pages.unsubscribe import unsubscribe_page

urlpatterns = [
    path("unsubscribe/<str:token>/", unsubscribe_page, name="unsubscribe"),
]
