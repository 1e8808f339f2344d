package garrison.cli.explain;

import garrison.daemonset.explain.Cause;
import garrison.daemonset.explain.Explanation;
import garrison.daemonset.explain.Fix;
import garrison.daemonset.explain.Group;
import garrison.daemonset.explain.NodeFinding;
import garrison.model.json.Json;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** An explanation for programs: {@code -o json}. Pure. */
public final class ExplanationDocument {
  private ExplanationDocument() {}

  /** The document. */
  public static ObjectNode of(Explanation explanation, List<String> notes) {
    ObjectNode document = Json.object();
    document.put("namespace", explanation.namespace());
    document.put("daemonSet", explanation.name());
    document.put("summary", explanation.line());
    causes(explanation.overall(), List.of(), List.of(), document.putArray("causes"));
    ArrayNode groups = document.putArray("groups");
    for (Group group : explanation.groups()) {
      ObjectNode one = groups.addObject();
      one.put("state", group.state().code());
      one.put("count", group.findings().size());
      causes(group.causes(), group.nodes(), group.pods(), one.putArray("causes"));
      ArrayNode nodes = one.putArray("nodes");
      group.findings().forEach(finding -> node(finding, nodes.addObject()));
    }
    ArrayNode said = document.putArray("notes");
    notes.forEach(said::add);
    return document;
  }

  private static void node(NodeFinding finding, ObjectNode node) {
    node.put("name", finding.node());
    ArrayNode pods = node.putArray("pods");
    finding.pods().forEach(pods::add);
    ArrayNode sentences = node.putArray("reasons");
    finding.causes().forEach(cause -> sentences.add(cause.sentence()));
    ArrayNode notes = node.putArray("notes");
    finding.notes().forEach(notes::add);
  }

  /** Causes with their fixes, for the nodes and pods that they concern. */
  private static void causes(
      List<Cause> causes, List<String> nodes, List<String> pods, ArrayNode array) {
    for (Cause cause : causes) {
      ObjectNode one = array.addObject();
      one.put("code", cause.code());
      one.put("reason", cause.summary());
      ArrayNode fixes = one.putArray("fixes");
      for (Fix fix : cause.fixes()) {
        ObjectNode way = fixes.addObject();
        way.put("what", fix.what());
        String command = fix.command(nodes, pods);
        if (command != null) {
          way.put("command", command);
        }
        String manifest = fix.manifest();
        if (manifest != null) {
          way.put("manifest", manifest);
        }
      }
    }
  }
}
