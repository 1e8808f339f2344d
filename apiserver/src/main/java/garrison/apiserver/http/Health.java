package garrison.apiserver.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /healthz}, {@code /livez} and {@code /readyz} (spec: api-server 4). Thread-safe. */
final class Health {
  private static final Logger LOG = LoggerFactory.getLogger(Health.class);

  private final Map<String, BooleanSupplier> checks;

  /** With further checks, by name and in order; they may block for a moment. */
  Health(Map<String, BooleanSupplier> more) {
    checks = new LinkedHashMap<>();
    checks.put("ping", () -> true);
    checks.putAll(more);
  }

  /** Answers a path, null where it is not about health. */
  @Nullable Reply handle(Exchange exchange, String path) {
    List<String> parts = Target.split(path);
    if (parts.isEmpty() || !List.of("healthz", "livez", "readyz").contains(parts.getFirst())) {
      return null;
    }
    if (parts.size() > 2) {
      return Refusals.unknownPath();
    }
    if (parts.size() == 2) {
      BooleanSupplier check = checks.get(parts.get(1));
      if (check == null) {
        return Refusals.unknownPath();
      }
      return passes(parts.get(1), check)
          ? BytesReply.text(200, "ok")
          : BytesReply.text(500, "internal server error: check failed\n");
    }
    return all(parts.getFirst(), exchange.query());
  }

  private Reply all(String endpoint, Query query) {
    StringBuilder report = new StringBuilder();
    boolean healthy = true;
    for (Map.Entry<String, BooleanSupplier> check : checks.entrySet()) {
      String name = check.getKey();
      if (query.all("exclude").contains(name)) {
        report.append("[+]").append(name).append(" excluded: ok\n");
      } else if (passes(name, check.getValue())) {
        report.append("[+]").append(name).append(" ok\n");
      } else {
        healthy = false;
        report.append("[-]").append(name).append(" failed: reason withheld\n");
      }
    }
    if (!healthy) {
      return BytesReply.text(500, report.append(endpoint).append(" check failed\n").toString());
    }
    return BytesReply.text(
        200,
        query.has("verbose") ? report.append(endpoint).append(" check passed\n").toString() : "ok");
  }

  private static boolean passes(String name, BooleanSupplier check) {
    try {
      return check.getAsBoolean();
    } catch (RuntimeException e) {
      LOG.warn("health check {} failed", name, e);
      return false;
    }
  }
}
