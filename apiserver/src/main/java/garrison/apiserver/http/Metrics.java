package garrison.apiserver.http;

import garrison.apiserver.resource.Resources;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import garrison.model.kind.Trait;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** What the server counts of itself, for {@code /metrics}. Thread-safe. */
final class Metrics {
  private static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final PrometheusMeterRegistry registry;
  private final Map<Series, Timer> timers = new ConcurrentHashMap<>();

  /** The labels of one series; few enough values that none grows with the fleet. */
  private record Series(String verb, String resource, int code) {}

  Metrics(PrometheusMeterRegistry registry, Resources resources) {
    this.registry = registry;
    for (Kind kind : Kinds.all()) {
      if (!kind.has(Trait.REVIEW)) {
        Gauge.builder("apiserver.resource.objects", () -> resources.count(kind))
            .tag("resource", kind.qualifiedPlural())
            .register(registry);
        Gauge.builder("apiserver.registered.watchers", () -> resources.watchCount(kind))
            .tag("resource", kind.qualifiedPlural())
            .register(registry);
      }
    }
  }

  /** Counts one answer. */
  void answered(String verb, String resource, int code, long nanos) {
    timers
        .computeIfAbsent(new Series(verb, resource, code), this::timer)
        .record(nanos, TimeUnit.NANOSECONDS);
  }

  private Timer timer(Series series) {
    return Timer.builder("apiserver.request.duration")
        .tag("verb", series.verb())
        .tag("resource", series.resource())
        .tag("code", Integer.toString(series.code()))
        .serviceLevelObjectives(
            Duration.ofMillis(1),
            Duration.ofMillis(5),
            Duration.ofMillis(25),
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            Duration.ofSeconds(2),
            Duration.ofSeconds(10),
            Duration.ofSeconds(60))
        .register(registry);
  }

  Reply scrape() {
    return new BytesReply(200, TYPE, registry.scrape().getBytes(StandardCharsets.UTF_8), Map.of());
  }
}
