package garrison.apiserver.http;

import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * In which form a client wants to see objects (spec: api-server 5.1). Immutable.
 *
 * @param form what of the object
 * @param yaml whether as YAML; else as JSON
 * @param pretty whether broken into lines
 * @param streamType whether the media type of a watch was asked for by name
 */
record View(Form form, boolean yaml, boolean pretty, boolean streamType) {
  /** What of an object is shown. */
  enum Form {
    OBJECT,
    TABLE,
    METADATA,
    METADATA_LIST
  }

  /** The plain object as JSON, for whoever gets no say. */
  static final View PLAIN = new View(Form.OBJECT, false, false, false);

  static final String JSON_TYPE = "application/json";
  static final String YAML_TYPE = "application/yaml";
  static final String PROTOBUF_TYPE = "application/vnd.kubernetes.protobuf";
  private static final String TYPES = JSON_TYPE + ", " + YAML_TYPE + ", " + PROTOBUF_TYPE;
  private static final String STREAMS =
      JSON_TYPE + ";stream=watch, " + PROTOBUF_TYPE + ";stream=watch";

  /**
   * The form for an Accept header.
   *
   * @param accept the header
   * @param listRoute whether the route could also answer a watch, which the refusal names
   * @param watch whether this is a watch
   * @param pretty see {@link #pretty(Query, Accept, String)}
   * @throws StatusException 406 where nothing fits
   */
  static View choose(Accept accept, boolean listRoute, boolean watch, boolean pretty) {
    if (accept.first(JSON_TYPE, YAML_TYPE, PROTOBUF_TYPE) == null) {
      throw StatusException.of(
          StatusReason.NOT_ACCEPTABLE,
          "406: Not Acceptable\n\nAvailable representations: "
              + TYPES
              + (listRoute ? ", " + STREAMS : ""),
          Json.object());
    }
    for (Accept.Item item : accept.items()) {
      View view = of(item, watch, pretty);
      if (view != null) {
        return view;
      }
    }
    throw StatusException.of(
        StatusReason.NOT_ACCEPTABLE,
        "only the following media types are accepted: " + (watch ? STREAMS : TYPES));
  }

  private static @Nullable View of(Accept.Item item, boolean watch, boolean pretty) {
    boolean yaml = item.type().equals(YAML_TYPE);
    if ((!yaml && !item.json()) || (yaml && watch)) {
      return null;
    }
    Form form = form(item);
    return form == null
        ? null
        : new View(form, yaml, pretty, item.parameter("stream").equals("watch"));
  }

  private static @Nullable Form form(Accept.Item item) {
    String as = item.parameter("as");
    if (as.isEmpty()) {
      return Form.OBJECT;
    }
    String version = item.parameter("v");
    if (!item.parameter("g").equals("meta.k8s.io")
        || !(version.equals("v1") || version.equals("v1beta1"))) {
      return null;
    }
    return switch (as) {
      case "Table" -> Form.TABLE;
      case "PartialObjectMetadata" -> Form.METADATA;
      case "PartialObjectMetadataList" -> Form.METADATA_LIST;
      default -> null;
    };
  }

  /** Whether lines are to be broken: asked for, or a person's tool (spec: api-server 3). */
  static boolean pretty(Query query, Accept accept, @Nullable String userAgent) {
    if (query.has("pretty")) {
      return query.flag("pretty");
    }
    if (accept.items().getFirst().parameter("pretty").equals("1")) {
      return true;
    }
    return userAgent != null
        && (userAgent.startsWith("curl")
            || userAgent.startsWith("Wget")
            || userAgent.startsWith("Mozilla/5.0"));
  }

  /** The form in which refusals are sent to a client that may accept anything. */
  static View ofRefusal(Accept accept, boolean pretty) {
    for (Accept.Item item : accept.items()) {
      if (item.json()) {
        break;
      }
      if (item.type().equals(YAML_TYPE)) {
        return new View(Form.OBJECT, true, false, false);
      }
    }
    return new View(Form.OBJECT, false, pretty, false);
  }

  /** The Content-Type of an answer. */
  String contentType() {
    return yaml ? YAML_TYPE : JSON_TYPE;
  }
}
