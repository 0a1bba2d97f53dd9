"""JSON logs through Powertools; one logger for the whole service."""

from aws_lambda_powertools import Logger

LOG = Logger(service="style-license", use_rfc3339=True, utc=True)
