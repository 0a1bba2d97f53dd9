"""Django as a team would set it for such an API: JSON only, connections kept, no sessions."""

import os
from urllib.parse import urlsplit

from benchmarks.serving import CONNECTION_OPTIONS

_URL = urlsplit(os.environ["DATABASE_URL"])

DEBUG = False
SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = ["localhost"]
USE_TZ = True
USE_I18N = False
ROOT_URLCONF = "benchmarks.drf.urls"
INSTALLED_APPS = ["rest_framework", "benchmarks.drf"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
]
# The names of our tables differ whatever their schema.
_SCHEMAS = "auth,style,generation,tagging,public"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": _URL.hostname,
        "PORT": _URL.port,
        "USER": _URL.username,
        "PASSWORD": _URL.password,
        "NAME": _URL.path[1:],
        "CONN_MAX_AGE": None,
        "OPTIONS": {"options": f"{CONNECTION_OPTIONS} -c search_path={_SCHEMAS}"},
    }
}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_RENDERER_CLASSES": ["benchmarks.drf.envelope.EnvelopeRenderer"],
    "DEFAULT_PAGINATION_CLASS": "benchmarks.drf.envelope.Page",
}
