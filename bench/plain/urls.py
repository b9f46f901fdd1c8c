"""The product's addresses and one more: a view that makes one SELECT by the ORM, behind the same middleware."""

from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, URLResolver, path

from config.urls import urlpatterns as of_the_product
from shop.models import Store


def plain(request: HttpRequest) -> JsonResponse:
    store = Store.objects.order_by("id").first()
    return JsonResponse({"store": store.name if store else ""})


urlpatterns: list[URLPattern | URLResolver] = [path("plain", plain, name="plain"), *of_the_product]
