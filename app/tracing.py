"""Tracing: OpenTelemetry spans of requests and syncs to a collector, only when one is configured; else not loaded."""

from app.settings import Settings, SettingsError


def set_up(settings: Settings) -> None:
    """Once at start. The web framework and the worker write spans from then on. Raises SettingsError."""
    if settings.traces_url is None:
        return
    try:
        from opentelemetry import trace
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise SettingsError(["AFTERTOUCH_TRACES_URL needs a further part: pip install aftertouch[traces]"]) from error
    provider = TracerProvider(resource=Resource({"service.name": "aftertouch"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{settings.traces_url}/v1/traces")))
    trace.set_tracer_provider(provider)
