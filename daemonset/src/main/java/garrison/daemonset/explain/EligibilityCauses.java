package garrison.daemonset.explain;

import garrison.daemonset.Reason;
import garrison.daemonset.Verdict;
import garrison.model.Node;
import garrison.model.NodeSelector;
import garrison.model.Taint;
import garrison.model.json.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * Why a node is not eligible: the verdict's reasons (spec: daemonset 2), each with what cures it.
 * What says that the node is not meant comes first, what will pass comes last.
 */
final class EligibilityCauses {
  private final Commands commands;
  private final NodeCauses nodeCauses;

  EligibilityCauses(Commands commands, NodeCauses nodeCauses) {
    this.commands = commands;
    this.nodeCauses = nodeCauses;
  }

  List<Cause> of(Verdict verdict, Node node) {
    List<Cause> lasting = new ArrayList<>();
    List<Cause> passing = new ArrayList<>();
    for (Reason reason : verdict.reasons()) {
      switch (reason) {
        case Reason.OtherNode other -> lasting.add(otherNode(other));
        case Reason.SelectorMismatch mismatch -> lasting.add(selector(mismatch));
        case Reason.AffinityMismatch mismatch -> lasting.add(affinity(mismatch, node));
        case Reason.UntoleratedTaint(Taint taint) -> {
          Cause condition = nodeCauses.ofTaint(taint, node);
          if (condition == null) {
            lasting.add(taint(taint));
          } else if (passing.stream().noneMatch(condition::like)) {
            passing.add(condition);
          }
        }
      }
    }
    lasting.addAll(passing);
    return List.copyOf(lasting);
  }

  private Cause otherNode(Reason.OtherNode reason) {
    return Cause.of(
        "other_node",
        reason.sentence() + " (spec.template.spec.nodeName)",
        Fix.run("let it run on all nodes", commands.removeFromTemplate("spec", "nodeName")));
  }

  private Cause selector(Reason.SelectorMismatch reason) {
    String overwrite = reason.actual() == null ? "" : " --overwrite";
    String label = Commands.quoted(reason.key() + "=" + reason.wanted());
    return Cause.of(
        "node_selector",
        reason.sentence(),
        Fix.run(
            "give the node the label, if it is meant to run it",
            "kubectl label nodes " + Fix.NODES + " " + label + overwrite),
        Fix.run(
            "or let the template ask for other nodes",
            commands.removeFromTemplate("spec", "nodeSelector", reason.key())));
  }

  private Cause affinity(Reason.AffinityMismatch reason, Node node) {
    List<Fix> fixes = new ArrayList<>();
    // The term that asks for the least is the nearest way.
    reason.terms().stream()
        .filter(term -> term.error() == null && !term.failed().isEmpty())
        .min(Comparator.comparingInt(term -> term.failed().size()))
        .ifPresent(term -> label(term.failed(), node, fixes));
    fixes.add(
        Fix.run(
            fixes.isEmpty()
                ? "correct the required node affinity of the template, or drop it"
                : "or drop the required node affinity from the template",
            commands.removeFromTemplate(
                "spec",
                "affinity",
                "nodeAffinity",
                "requiredDuringSchedulingIgnoredDuringExecution")));
    return Cause.of(
        "node_affinity", reason.sentence(), reason.sentence() + actual(reason, node), fixes);
  }

  /** What the node has of the labels that were asked for. */
  private static String actual(Reason.AffinityMismatch reason, Node node) {
    List<String> labels = new ArrayList<>();
    for (Reason.TermMismatch term : reason.terms()) {
      for (NodeSelector.Expression expression : term.failed()) {
        String value = node.labels().get(expression.key());
        String label =
            value == null ? "no label " + expression.key() : expression.key() + "=" + value;
        if (!expression.key().equals("metadata.name") && !labels.contains(label)) {
          labels.add(label);
        }
      }
    }
    return labels.isEmpty() ? "" : " (the node has " + String.join(", ", labels) + ")";
  }

  private static void label(List<NodeSelector.Expression> failed, Node node, List<Fix> fixes) {
    StringBuilder labels = new StringBuilder();
    boolean overwrite = false;
    for (NodeSelector.Expression expression : failed) {
      String change = change(expression);
      if (change.isEmpty()) {
        return; // by name: no label makes this node another one
      }
      labels.append(' ').append(Commands.quoted(change));
      overwrite |= !change.endsWith("-") && node.labels().containsKey(expression.key());
    }
    fixes.add(
        Fix.run(
            "give the node the labels, if it is meant to run it",
            "kubectl label nodes " + Fix.NODES + labels + (overwrite ? " --overwrite" : "")));
  }

  /** The change of labels that makes a comparison hold; empty where none does. */
  private static String change(NodeSelector.Expression expression) {
    String key = expression.key();
    if (key.startsWith("metadata.")) {
      return "";
    }
    return switch (expression.operator()) {
      case "In" -> key + "=" + expression.values().getFirst();
      case "NotIn", "DoesNotExist" -> key + "-";
      case "Exists" -> key + "=";
      case "Gt" -> key + "=" + (Long.parseLong(expression.values().getFirst()) + 1);
      case "Lt" -> key + "=" + (Long.parseLong(expression.values().getFirst()) - 1);
      default -> "";
    };
  }

  private Cause taint(Taint taint) {
    ObjectNode toleration = Json.object();
    toleration.put("key", taint.key());
    if (taint.value().isEmpty()) {
      toleration.put("operator", "Exists");
    } else {
      toleration.put("operator", "Equal");
      toleration.put("value", taint.value());
    }
    toleration.put("effect", taint.effect());
    StringBuilder manifest = new StringBuilder("spec:\n  template:\n    spec:\n      tolerations:");
    String bullet = "\n      - ";
    for (String member : toleration.propertyNames()) {
      String value = toleration.path(member).asString("");
      manifest.append(bullet).append(member).append(": ").append(yaml(value));
      bullet = "\n        ";
    }
    Fix tolerate =
        new Fix(
            "tolerate it, if the node is meant to run it",
            commands.addToTemplateList(toleration, "tolerations"),
            manifest.toString());
    Fix remove =
        Fix.run(
            "or take it from the node",
            "kubectl taint nodes "
                + Fix.NODES
                + " "
                + Commands.quoted(taint.key() + ":" + taint.effect() + "-"));
    boolean controlPlane = taint.key().startsWith("node-role.kubernetes.io/");
    String sentence =
        "untolerated taint "
            + taint.describe()
            + (controlPlane
                ? ", by which a control-plane node keeps ordinary pods away"
                : taint.effect().equals(Taint.NO_EXECUTE)
                    ? ", which also sends running pods off"
                    : "");
    return Cause.of("untolerated_taint", sentence, tolerate, remove);
  }

  /** A text as YAML takes it for a text. */
  private static String yaml(String text) {
    return text.matches("[A-Za-z][A-Za-z0-9_./-]*")
            && !text.matches("(?i)true|false|yes|no|on|off|null|y|n")
        ? text
        : "\"" + text + "\"";
  }
}
