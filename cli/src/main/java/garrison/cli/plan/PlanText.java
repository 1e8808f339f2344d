package garrison.cli.plan;

import garrison.daemonset.plan.Forecast;
import garrison.daemonset.plan.Wave;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Prints a plan for people. */
public final class PlanText {
  private static final int MOST_NAMES = 10;
  private static final int MOST_WAVES = 5;

  private final PrintWriter out;

  /** Prints there. */
  public PlanText(PrintWriter out) {
    this.out = out;
  }

  /** All of it. */
  public void print(List<Planned> plan, List<String> notes) {
    for (Planned planned : plan) {
      print(planned);
    }
    notes.forEach(note -> out.println("note: " + note));
  }

  private void print(Planned planned) {
    String in = planned.namespace().isEmpty() ? "" : " in " + planned.namespace();
    String refusal = planned.refusal();
    String outcome =
        refusal != null
            ? " would be rejected: " + refusal
            : planned.outcome().isEmpty()
                ? ""
                : planned.outcome().equals("unchanged")
                    ? " unchanged"
                    : " would be " + planned.outcome();
    Planned.Rollout rollout = planned.rollout();
    String template =
        rollout == null || planned.outcome().equals("created") || !rollout.template()
            ? ""
            : ", with another pod template";
    out.println(planned.object() + in + outcome + template);
    planned.warnings().forEach(warning -> line("warning", warning));
    planned.notes().forEach(note -> line("note", note));
    if (rollout != null) {
      print(rollout);
    }
  }

  private void print(Planned.Rollout rollout) {
    Forecast forecast = rollout.forecast();
    String podRefusal = rollout.podRefusal();
    if (podRefusal != null) {
      line("rejected", "its pods would be: " + podRefusal);
    }
    named("gained", forecast.gained());
    named("completed", forecast.completed());
    reasons("lost", forecast.lost());
    reasons("kept", forecast.kept());
    waves(rollout);
    behind(rollout);
    reasons("no room", rollout.misfits());
    forecast.excluded().forEach((reason, count) -> line("excluded", nodes(count) + ": " + reason));
    if (forecast.untouched() > 0) {
      line("untouched", nodes(forecast.untouched()) + " keep their pod");
    }
    if (forecast.nothing() && forecast.untouched() == 0) {
      line("nothing", "no node gets, loses or restarts a pod");
    }
    time(rollout);
  }

  private void waves(Planned.Rollout rollout) {
    List<Wave> waves = rollout.forecast().waves();
    if (waves.isEmpty()) {
      return;
    }
    boolean timed = rollout.times().samples() > 0;
    line(
        "restarted",
        nodes(rollout.forecast().restarted())
            + " in "
            + (waves.size() == 1 ? "1 wave" : count(waves.size()) + " waves")
            + " ("
            + rollout.limit()
            + ")");
    for (int i = 0; i < waves.size(); i++) {
      if (i == MOST_WAVES - 1 && waves.size() > MOST_WAVES) {
        line("", "… " + count(waves.size() - MOST_WAVES) + " more waves");
        i = waves.size() - 1;
      }
      Wave wave = waves.get(i);
      line(
          "",
          "wave "
              + (i + 1)
              + (timed ? ", after " + length(wave.after()) : "")
              + ": "
              + nodes(wave.nodes().size())
              + (wave.unavailable() ? " that are not available anyway" : "")
              + ": "
              + cut(wave.nodes()));
    }
  }

  private void behind(Planned.Rollout rollout) {
    Forecast forecast = rollout.forecast();
    if (forecast.behind().isEmpty()) {
      return;
    }
    String why =
        rollout.onDelete()
            ? " (OnDelete: until somebody deletes their pods)"
            : forecast.blockers().isEmpty()
                ? ""
                : " (as long as " + cut(forecast.blockers()) + " stay without an available pod)";
    line(
        "behind",
        nodes(forecast.behind().size())
            + " stay with their old pod"
            + why
            + ": "
            + cut(forecast.behind()));
  }

  private void time(Planned.Rollout rollout) {
    Forecast forecast = rollout.forecast();
    if (forecast.nothing()) {
      return;
    }
    if (rollout.times().samples() == 0) {
      line("time", "no estimate: there is no pod that has become ready to judge by");
      return;
    }
    if (!forecast.blockers().isEmpty()) {
      line("time", "no end: the nodes that are behind wait for others that do not come");
      return;
    }
    Duration least = forecast.end();
    Duration most = rollout.slowest();
    line(
        "time",
        "about "
            + length(least)
            + (most.compareTo(least) > 0 ? " to " + length(most) : "")
            + ": pods were ready "
            + (rollout.times().start().isZero() ? "less than 1 s" : length(rollout.times().start()))
            + " after their creation (median of "
            + count(rollout.times().samples())
            + ")"
            + (most.compareTo(least) > 0
                ? ", and may take up to " + length(rollout.times().longestEnd()) + " to end"
                : ""));
  }

  private void named(String word, List<String> names) {
    if (!names.isEmpty()) {
      line(word, nodes(names.size()) + ": " + cut(names));
    }
  }

  private void reasons(String word, Map<String, String> reasons) {
    Map<String, List<String>> byReason = new TreeMap<>();
    reasons.forEach(
        (node, reason) -> byReason.computeIfAbsent(reason, key -> new ArrayList<>()).add(node));
    byReason.forEach(
        (reason, names) ->
            line(word, nodes(names.size()) + ": " + cut(names) + " (" + reason + ")"));
  }

  private void line(String word, String text) {
    out.printf(Locale.ROOT, "  %-10s %s%n", word, text);
  }

  private static String nodes(int number) {
    return count(number) + (number == 1 ? " node" : " nodes");
  }

  private static String count(int number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String cut(Collection<String> names) {
    List<String> some = names.stream().limit(MOST_NAMES).toList();
    int more = names.size() - some.size();
    return String.join(", ", some) + (more == 0 ? "" : " and " + count(more) + " more");
  }

  private static String length(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds < 120) {
      return seconds + " s";
    }
    return seconds < 7200
        ? seconds / 60 + " min " + seconds % 60 + " s"
        : seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
  }
}
