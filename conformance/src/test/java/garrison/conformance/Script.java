package garrison.conformance;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Random events in the life of a small fleet, by a seed. After each event (or burst) there is one
 * state in which the controller comes to rest, whatever it chooses on the way:
 *
 * <ul>
 *   <li>pods fail to become ready on nodes that are sick, where the old ones are not ready either,
 *       and are replaced first;
 *   <li>where a template fails everywhere, so that any nodes may have it, a good one follows before
 *       anything else happens;
 *   <li>a burst has events of one sort, each about something else: with others it would depend on
 *       who is quicker which template a pod gets.
 * </ul>
 */
final class Script {
  private static final int STEPS = 14;
  private static final int MOST_NODES = 6;
  private static final int BURST = 3;
  private static final String[] EFFECTS = {"NoSchedule", "NoExecute", "PreferNoSchedule"};

  private final Random random;
  private final List<Step> steps = new ArrayList<>();
  private final Map<String, Boolean> nodes = new TreeMap<>();
  private final Set<String> sick = new TreeSet<>();
  private final Set<String> tainted = new TreeSet<>();
  private final Map<String, Wanted> daemonSets = new TreeMap<>();
  private final Set<String> failed = new TreeSet<>();

  /** Whose pods have several templates at rest: those taken up count as new by their generation. */
  private final Set<String> mixed = new TreeSet<>();

  private int variants = 1;
  private int named;

  private Script(long seed) {
    this.random = new Random(seed);
  }

  /** The events of that seed, the same ones always. */
  static List<Step> of(long seed) {
    Script script = new Script(seed);
    List<Step> nodes = new ArrayList<>();
    for (int i = 0; i < 2 + script.random.nextInt(3); i++) {
      nodes.add(script.addNode());
    }
    script.steps.add(new Step.Burst(List.copyOf(nodes)));
    script.steps.add(script.create());
    while (script.steps.size() < STEPS) {
      script.next();
    }
    return List.copyOf(script.steps);
  }

  private void next() {
    if (daemonSets.isEmpty()) {
      steps.add(create());
      return;
    }
    switch (random.nextInt(24)) {
      case 0, 1, 2, 3 -> steps.add(burst());
      case 4, 5, 6 -> poison();
      case 7, 8 -> steps.add(nodes.size() < MOST_NODES ? addNode() : label(node()));
      case 9 -> steps.add(nodes.size() > 2 ? removeNode(node()) : label(node()));
      case 10 -> steps.add(label(node()));
      case 11, 12 -> steps.add(taint(node()));
      case 13, 14 -> steps.add(sicken(node()));
      case 15 -> steps.add(daemonSets.size() < 2 ? create() : delete());
      case 16 -> steps.add(orphan());
      case 17, 18 -> steps.add(onAPod(daemonSet(), node()));
      default -> steps.add(change(daemonSet()));
    }
  }

  private Step burst() {
    List<Step> events = new ArrayList<>();
    List<String> some = new ArrayList<>(nodes.keySet());
    Collections.shuffle(some, random);
    switch (random.nextInt(3)) {
      case 0 -> {
        some.stream().limit(BURST).forEach(node -> events.add(onANode(node)));
        if (nodes.size() < MOST_NODES) {
          events.add(addNode());
        }
      }
      case 1 -> some.stream().limit(BURST).forEach(node -> events.add(onAPod(daemonSet(), node)));
      default -> {
        List.copyOf(daemonSets.keySet()).forEach(name -> events.add(change(name)));
        events.add(create());
      }
    }
    return new Step.Burst(List.copyOf(events));
  }

  private Step onANode(String node) {
    return switch (random.nextInt(4)) {
      case 0 -> nodes.size() > 2 ? removeNode(node) : label(node);
      case 1, 2 -> label(node);
      default -> taint(node);
    };
  }

  /**
   * A template that fails everywhere, and one that does not. No node is tainted then: whether a pod
   * that may only stay is among those replaced would decide how many are.
   */
  private void poison() {
    for (String node : List.copyOf(tainted)) {
      steps.add(taint(node));
    }
    String name = daemonSet();
    if (mixed.contains(name)) {
      steps.add(apply(name, daemonSets.get(name).withVariant(++variants, false)));
    }
    Wanted before = daemonSets.get(name);
    steps.add(new Step.Loosely(new Step.Apply(name, before.withVariant(++variants, true))));
    if (random.nextBoolean()) {
      // Back again: pods that were not restarted keep the older label of their generation.
      steps.add(new Step.Loosely(new Step.Apply(name, before)));
    }
    steps.add(apply(name, before.withVariant(++variants, false)));
  }

  private Step addNode() {
    String node = "n" + named++;
    boolean ssd = random.nextBoolean();
    nodes.put(node, ssd);
    return new Step.AddNode(node, ssd);
  }

  private Step removeNode(String node) {
    nodes.remove(node);
    sick.remove(node);
    tainted.remove(node);
    return new Step.RemoveNode(node);
  }

  private Step label(String node) {
    boolean ssd = !nodes.get(node);
    nodes.put(node, ssd);
    return new Step.LabelNode(node, ssd);
  }

  private Step taint(String node) {
    if (tainted.remove(node)) {
      return new Step.TaintNode(node, "");
    }
    tainted.add(node);
    return new Step.TaintNode(node, EFFECTS[random.nextInt(EFFECTS.length)]);
  }

  private Step sicken(String node) {
    if (sick.remove(node)) {
      return new Step.Sicken(node, false);
    }
    sick.add(node);
    return new Step.Sicken(node, true);
  }

  private Step create() {
    return apply("d" + named++, Wanted.random(random).withVariant(++variants, false));
  }

  private Step apply(String name, Wanted wanted) {
    Wanted before = daemonSets.put(name, wanted);
    if (before == null || before.variant() != wanted.variant()) {
      mixed.remove(name);
    }
    return new Step.Apply(name, wanted);
  }

  private Step delete() {
    String name = daemonSet();
    daemonSets.remove(name);
    return new Step.Delete(name);
  }

  private Step orphan() {
    String name = daemonSet();
    Wanted again = daemonSets.get(name);
    if (random.nextInt(3) == 0) {
      again = again.withVariant(++variants, false);
      mixed.add(name);
    }
    daemonSets.put(name, again);
    return new Step.Orphan(name, again);
  }

  /** No node sees a second pod of one DaemonSet fail: the back-off is timed by each controller. */
  private Step onAPod(String name, String node) {
    return switch (random.nextInt(4)) {
      case 0 -> new Step.ReleasePod(name, node);
      case 1 ->
          failed.add(name + node)
              ? new Step.EndPod(name, node, "Failed")
              : new Step.DeletePod(name, node);
      case 2 -> new Step.EndPod(name, node, "Succeeded");
      default -> new Step.DeletePod(name, node);
    };
  }

  private Step change(String name) {
    Wanted wanted = daemonSets.get(name);
    return apply(
        name,
        switch (random.nextInt(8)) {
          case 0 -> wanted.withStrategy(random);
          case 1 -> wanted.withChoice(random);
          case 2 -> wanted.withHistory(random);
          case 3 -> wanted.withVariant(Math.max(1, variants - 1), false); // perhaps seen before
          default -> wanted.withVariant(++variants, false);
        });
  }

  private String node() {
    return some(nodes.keySet());
  }

  private String daemonSet() {
    return some(daemonSets.keySet());
  }

  private String some(Collection<String> names) {
    return List.copyOf(names).get(random.nextInt(names.size()));
  }
}
