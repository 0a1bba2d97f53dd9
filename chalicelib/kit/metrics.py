"""Numbers that CloudWatch may watch, written to the log in its Embedded Metric Format."""

from aws_lambda_powertools.metrics import MetricUnit, single_metric

NAMESPACE = "StyleLicense"


def count(name: str, value: int = 1) -> None:
    """So many of something happened."""
    with single_metric(namespace=NAMESPACE, name=name, unit=MetricUnit.Count, value=value):
        pass
