package garrison.cli.explain;

import garrison.daemonset.explain.Cause;
import garrison.daemonset.explain.Explanation;
import garrison.daemonset.explain.Fix;
import garrison.daemonset.explain.Group;
import garrison.daemonset.explain.NodeFinding;
import garrison.daemonset.explain.State;
import java.io.PrintWriter;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Prints an explanation for people: first all of it in one line, then what is to be seen to. */
public final class ExplanationText {
  private static final int MOST_NAMES = 10;
  private static final int MOST_OWN_WORDS = 3;

  private final PrintWriter out;
  private final Set<Fix> told = new HashSet<>();

  /** Prints there. */
  public ExplanationText(PrintWriter out) {
    this.out = out;
  }

  /** The whole fleet. */
  public void fleet(Explanation explanation, List<String> notes) {
    int total = explanation.nodes().size();
    out.printf(
        Locale.ROOT,
        "daemonset %s/%s on %,d %s%n%s%n",
        explanation.namespace(),
        explanation.name(),
        total,
        total == 1 ? "node" : "nodes",
        explanation.line());
    overall(explanation);
    for (Group group : explanation.groups()) {
      if (group.state() != State.RUNS) {
        group(group);
      }
    }
    notes(notes);
  }

  /** One node, the only one of the explanation. */
  public void node(Explanation explanation, List<String> notes) {
    NodeFinding finding = explanation.nodes().getFirst();
    out.println(
        "daemonset "
            + explanation.namespace()
            + "/"
            + explanation.name()
            + " on "
            + finding.node()
            + ": "
            + finding.state().ofOne()
            + pods(finding.pods()));
    overall(explanation);
    causes(new Group(finding.state(), List.of(finding)));
    finding.notes().forEach(note -> out.println("  (" + note + ")"));
    notes(notes);
  }

  private static String pods(List<String> pods) {
    return pods.isEmpty()
        ? ""
        : (pods.size() == 1 ? " (pod " : " (pods ") + String.join(", ", pods) + ")";
  }

  private void overall(Explanation explanation) {
    for (Cause cause : explanation.overall()) {
      out.println();
      out.println(cause.sentence());
      fixes(cause, "  ", List.of(), List.of());
    }
  }

  private void group(Group group) {
    out.println();
    out.println(group.state().counted(group.findings().size()) + ": " + cut(group.nodes(), ", "));
    causes(group);
    group.findings().stream()
        .flatMap(finding -> finding.notes().stream())
        .distinct()
        .forEach(note -> out.println("  (" + note + ")"));
  }

  private void causes(Group group) {
    List<Cause> causes = group.causes();
    for (int i = 0; i < causes.size(); i++) {
      out.println("  " + (causes.size() == 1 ? "" : (i + 1) + ". ") + group.sentence(i));
      if (!group.unanimous(i)) {
        ownWords(group, i);
      }
      fixes(causes.get(i), "    ", group.nodes(), group.pods());
    }
  }

  private void ownWords(Group group, int place) {
    for (NodeFinding finding :
        group.findings().subList(0, Math.min(MOST_OWN_WORDS, group.findings().size()))) {
      out.println("    " + finding.node() + ": " + finding.causes().get(place).sentence());
    }
  }

  private void fixes(Cause cause, String indent, List<String> nodes, List<String> pods) {
    for (Fix fix : cause.fixes()) {
      if (!told.add(fix) && !fix.ofNames()) {
        out.println(indent + "as above: " + fix.what());
        continue;
      }
      String command = fix.command(some(nodes), some(pods));
      String manifest = fix.manifest();
      out.println(indent + fix.what() + (command == null && manifest == null ? "" : ":"));
      if (command != null) {
        out.println(indent + "  " + command);
      }
      if (manifest != null) {
        if (command != null) {
          out.println(indent + "  or in its manifest:");
        }
        manifest.lines().forEach(line -> out.println(indent + "    " + line));
      }
    }
  }

  private void notes(List<String> notes) {
    if (!notes.isEmpty()) {
      out.println();
    }
    notes.forEach(note -> out.println("note: " + note));
  }

  private static List<String> some(List<String> names) {
    return names.subList(0, Math.min(MOST_NAMES, names.size()));
  }

  private static String cut(List<String> names, String separator) {
    int more = names.size() - MOST_NAMES;
    return String.join(separator, some(names))
        + (more > 0 ? String.format(Locale.ROOT, " and %,d more (-o json names them)", more) : "");
  }
}
