package garrison.apiserver.openapi;

import garrison.model.schema.Field;
import garrison.model.schema.Schema;
import garrison.model.schema.Type;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One parameter of a path or of its query.
 *
 * @param type string, integer or boolean
 * @param description in our own words
 */
record Parameter(String name, String in, String type, String description) {
  static final Parameter NAME = new Parameter("name", "path", "string", "Name of the object.");

  static final Parameter NAMESPACE =
      new Parameter("namespace", "path", "string", "Namespace of the objects.");

  static final Parameter PRETTY = query("pretty", "string", "`true` answers with line breaks.");

  private static final Parameter DRY_RUN =
      query("dryRun", "string", "`All` checks and answers as if it were done, and stores nothing.");

  /** Which objects of a collection, from which version on. */
  private static final List<Parameter> SELECTION =
      List.of(
          query("continue", "string", "The token of the page before, to get the next one."),
          query("fieldSelector", "string", "Only objects whose fields have these values."),
          query("labelSelector", "string", "Only objects whose labels match."),
          query("limit", "integer", "At most that many objects on a page."),
          query("resourceVersion", "string", "Not older than this version, or from it on."),
          query(
              "resourceVersionMatch",
              "string",
              "How resourceVersion is meant: Exact, NotOlderThan."),
          query("sendInitialEvents", "boolean", "A watch begins with what is there already."),
          query("timeoutSeconds", "integer", "End a list or a watch after that time."));

  /** Of reading a collection. */
  static final List<Parameter> LIST =
      joined(
          SELECTION,
          List.of(
              query(
                  "allowWatchBookmarks", "boolean", "A watch may tell versions without a change."),
              query("watch", "boolean", "Answer with changes as they happen.")));

  /** Of reading the collections of all namespaces: a path with this one operation. */
  static final List<Parameter> LIST_EVERYWHERE = joined(LIST, List.of(PRETTY));

  /** Of creating and replacing. */
  static final List<Parameter> WRITE =
      List.of(
          DRY_RUN,
          query("fieldManager", "string", "Who makes this change."),
          query("fieldValidation", "string", "Unknown fields: Ignore, Warn or Strict (refuse)."));

  /** Of patching. */
  static final List<Parameter> PATCH =
      joined(
          WRITE,
          List.of(query("force", "boolean", "An apply takes over the fields of other managers.")));

  /** Of deleting one object. */
  static final List<Parameter> DELETE =
      List.of(
          DRY_RUN,
          query("gracePeriodSeconds", "integer", "Time to end in an orderly way; 0 for none."),
          query("orphanDependents", "boolean", "Superseded by propagationPolicy."),
          query("propagationPolicy", "string", "Dependents: Orphan, Background or Foreground."));

  /** Of deleting many. */
  static final List<Parameter> DELETE_COLLECTION = joined(DELETE, SELECTION);

  private static Parameter query(String name, String type, String description) {
    return new Parameter(name, "query", type, description);
  }

  private static List<Parameter> joined(List<Parameter> some, List<Parameter> more) {
    return Stream.concat(some.stream(), more.stream())
        .sorted(Comparator.comparing(Parameter::name))
        .toList();
  }

  /** The members of an options struct, which travel in the query. */
  static List<Parameter> ofStruct(String struct) {
    List<Parameter> parameters = new ArrayList<>();
    for (Field field : Schema.struct(struct).fields()) {
      if (!field.envelope()) {
        String type =
            switch (field.type() instanceof Type.ListOf list ? list.element() : field.type()) {
              case Type.Scalar.BOOL -> "boolean";
              case Type.Scalar.INT32, Type.Scalar.INT64 -> "integer";
              default -> "string";
            };
        parameters.add(query(field.name(), type, ""));
      }
    }
    parameters.sort(Comparator.comparing(Parameter::name));
    return List.copyOf(parameters);
  }

  static void put(ObjectNode target, List<Parameter> parameters) {
    if (!parameters.isEmpty()) {
      ArrayNode list = target.putArray("parameters");
      parameters.forEach(parameter -> parameter.write(list.addObject()));
    }
  }

  private void write(ObjectNode target) {
    target.put("name", name).put("in", in);
    if (!description.isEmpty()) {
      target.put("description", description);
    }
    if (in.equals("path")) {
      target.put("required", true);
    }
    target.putObject("schema").put("type", type).put("uniqueItems", true);
  }
}
