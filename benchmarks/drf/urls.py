"""The paths of SPEC §4."""

from django.urls import path

from benchmarks.drf import views

urlpatterns = [
    path("api/generations/feed", views.Feed.as_view()),
    path("api/generations/<uuid:pk>", views.GenerationDetail.as_view()),
    path("api/styles", views.Styles.as_view()),
    path("api/styles/<uuid:pk>", views.StyleDetail.as_view()),
    path("api/search", views.Search.as_view()),
]
