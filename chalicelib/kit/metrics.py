"""Numbers that CloudWatch may watch, written to the log in its Embedded Metric Format."""

from aws_lambda_powertools.metrics import MetricUnit, single_metric

NAMESPACE = "StyleLicense"


def count(name: str, value: int = 1) -> None:
    """So many of something happened."""
    _write(name, value, MetricUnit.Count)


def gauge(name: str, value: int, **dimensions: str) -> None:
    """So many of something there are now."""
    _write(name, value, MetricUnit.Count, **dimensions)


def gauge_seconds(name: str, seconds: float, **dimensions: str) -> None:
    """So old something is now."""
    _write(name, seconds, MetricUnit.Seconds, **dimensions)


def _write(name: str, value: float, unit: MetricUnit, **dimensions: str) -> None:
    with single_metric(namespace=NAMESPACE, name=name, unit=unit, value=value) as metric:
        for dimension, of in dimensions.items():
            metric.add_dimension(name=dimension, value=of)
