package garrison.apiserver.http;

import garrison.model.FieldError;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.json.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What of a container's log is wanted, checked (spec: api-server 14.1).
 *
 * @param container empty where none was named
 * @param forwarded the parameters for the node's agent, by name
 */
record LogOptions(String container, Map<String, String> forwarded) {
  private static final List<String> PLAIN = List.of("follow", "previous", "timestamps");

  /** Reads and checks a query; 400 and 422 as the real server. */
  static LogOptions of(Query query, String pod) {
    Map<String, String> forwarded = new TreeMap<>();
    for (String flag : PLAIN) {
      if (query.flag(flag)) {
        forwarded.put(flag, "true");
      }
    }
    List<FieldError> errors = new ArrayList<>();
    Long tail = query.number("tailLines");
    Long bytes = query.number("limitBytes");
    Long seconds = query.number("sinceSeconds");
    String time = query.text("sinceTime");
    if (tail != null && tail < 0) {
      errors.add(invalid("tailLines", tail, "must be greater than or equal to 0"));
    }
    if (bytes != null && bytes < 1) {
      errors.add(invalid("limitBytes", bytes, "must be greater than 0"));
    }
    if (seconds != null && !time.isEmpty()) {
      errors.add(
          new FieldError(
              "[]",
              FieldError.Type.FORBIDDEN,
              "Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified"));
    } else if (seconds != null && seconds < 1) {
      errors.add(invalid("sinceSeconds", seconds, "must be greater than 0"));
    }
    if (query.has("stream")) {
      errors.add(
          new FieldError("stream", FieldError.Type.FORBIDDEN, "Forbidden: may not be specified"));
    }
    if (!errors.isEmpty()) {
      throw refused(pod, errors);
    }
    put(forwarded, "tailLines", tail);
    put(forwarded, "limitBytes", bytes);
    put(forwarded, "sinceSeconds", seconds);
    if (!time.isEmpty()) {
      forwarded.put("sinceTime", time);
    }
    return new LogOptions(query.text("container"), forwarded);
  }

  private static void put(Map<String, String> forwarded, String name, @Nullable Long value) {
    if (value != null) {
      forwarded.put(name, value.toString());
    }
  }

  private static FieldError invalid(String field, long value, String why) {
    return new FieldError(field, FieldError.Type.INVALID, "Invalid value: " + value + ": " + why);
  }

  /** The options are no kind of an API group, so the usual 422 does not fit. */
  private static StatusException refused(String pod, List<FieldError> errors) {
    ObjectNode details = Json.object().put("name", pod).put("kind", "PodLogOptions");
    var causes = details.putArray("causes");
    for (FieldError error : errors) {
      causes
          .addObject()
          .put("reason", error.type().text())
          .put("message", error.message())
          .put("field", error.field());
    }
    String all =
        errors.size() == 1
            ? errors.getFirst().toString()
            : errors.stream().map(FieldError::toString).collect(Collectors.joining(", ", "[", "]"));
    return StatusException.of(
        StatusReason.INVALID, "PodLogOptions \"" + pod + "\" is invalid: " + all, details);
  }

  /** The query for the node's agent, with its question mark; empty where nothing is asked. */
  String query() {
    if (forwarded.isEmpty()) {
      return "";
    }
    return forwarded.entrySet().stream()
        .map(
            entry ->
                entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&", "?", ""));
  }
}
