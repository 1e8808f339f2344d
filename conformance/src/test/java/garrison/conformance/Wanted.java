package garrison.conformance;

import garrison.model.json.Json;
import java.util.Map;
import java.util.Random;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a script wants of one DaemonSet; all that decides how it is rolled out is in it. Immutable.
 *
 * @param variant which template it has; each number is another one
 * @param poisoned whether the pods of that template never become ready anywhere
 * @param on which of the script's nodes it is for
 * @param tolerates whether it tolerates the script's taints
 * @param unavailable maxUnavailable; empty with a surge or with OnDelete
 * @param surge maxSurge; empty without
 * @param history revisionHistoryLimit
 * @param minReadySeconds of its pods
 */
record Wanted(
    int variant,
    boolean poisoned,
    Choice on,
    boolean tolerates,
    String unavailable,
    String surge,
    int history,
    int minReadySeconds) {
  /** How nodes are chosen, beside that they are the script's. */
  enum Choice {
    ALL,
    SELECTOR,
    AFFINITY
  }

  private static final String[] UNAVAILABLE = {"1", "1", "2", "3", "34%", "50%", "100%"};
  private static final String[] SURGES = {"1", "2", "25%", "100%"};

  static Wanted random(Random random) {
    return new Wanted(1, false, choice(random), random.nextInt(3) == 0, "1", "", history(random), 0)
        .withStrategy(random)
        .withMinReady(random.nextInt(5) == 0 ? 1 : 0);
  }

  private static Choice choice(Random random) {
    return random.nextBoolean() ? Choice.ALL : Choice.values()[random.nextInt(3)];
  }

  private static int history(Random random) {
    return new int[] {0, 1, 2, 10}[random.nextInt(4)];
  }

  boolean onDelete() {
    return unavailable.isEmpty() && surge.isEmpty();
  }

  Wanted withVariant(int other, boolean poison) {
    return new Wanted(other, poison, on, tolerates, unavailable, surge, history, minReadySeconds);
  }

  Wanted withStrategy(Random random) {
    return switch (random.nextInt(5)) {
      case 0 -> strategy("", "");
      case 1, 2 -> strategy("", SURGES[random.nextInt(SURGES.length)]);
      default -> strategy(UNAVAILABLE[random.nextInt(UNAVAILABLE.length)], "");
    };
  }

  private Wanted strategy(String newUnavailable, String newSurge) {
    return new Wanted(
        variant, poisoned, on, tolerates, newUnavailable, newSurge, history, minReadySeconds);
  }

  Wanted withChoice(Random random) {
    return new Wanted(
        variant,
        poisoned,
        choice(random),
        random.nextInt(3) == 0,
        unavailable,
        surge,
        history,
        minReadySeconds);
  }

  Wanted withHistory(Random random) {
    return new Wanted(
        variant, poisoned, on, tolerates, unavailable, surge, history(random), minReadySeconds);
  }

  private Wanted withMinReady(int seconds) {
    return new Wanted(variant, poisoned, on, tolerates, unavailable, surge, history, seconds);
  }

  /** As a manifest; the nodes of a script carry its namespace in the label {@code script}. */
  ObjectNode manifest(String namespace, String name, int touched) {
    ObjectNode document = Json.object();
    document.put("apiVersion", "apps/v1").put("kind", "DaemonSet");
    ObjectNode metadata = document.putObject("metadata");
    metadata.put("name", name).put("namespace", namespace);
    metadata.putObject("annotations").put("touched", Integer.toString(touched));
    ObjectNode spec = document.putObject("spec");
    spec.putObject("selector").putObject("matchLabels").put("app", name);
    spec.put("revisionHistoryLimit", history).put("minReadySeconds", minReadySeconds);
    ObjectNode strategy = spec.putObject("updateStrategy");
    strategy.put("type", onDelete() ? "OnDelete" : "RollingUpdate");
    if (!onDelete()) {
      ObjectNode rolling = strategy.putObject("rollingUpdate");
      share(rolling, "maxUnavailable", unavailable.isEmpty() ? "0" : unavailable);
      share(rolling, "maxSurge", surge.isEmpty() ? "0" : surge);
    }
    ObjectNode template = spec.putObject("template");
    template
        .putObject("metadata")
        .putObject("labels")
        .put("app", name)
        .put("poisoned", Boolean.toString(poisoned));
    fill(template.putObject("spec"), namespace);
    return document;
  }

  private static void share(ObjectNode rolling, String member, String value) {
    if (value.endsWith("%")) {
      rolling.put(member, value);
    } else {
      rolling.put(member, Integer.parseInt(value));
    }
  }

  private void fill(ObjectNode pod, String namespace) {
    pod.put("terminationGracePeriodSeconds", 1);
    ObjectNode selector = pod.putObject("nodeSelector").put("script", namespace);
    if (on == Choice.SELECTOR) {
      selector.put("disk", "ssd");
    }
    if (on == Choice.AFFINITY) {
      ObjectNode expression =
          pod.putObject("affinity")
              .putObject("nodeAffinity")
              .putObject("requiredDuringSchedulingIgnoredDuringExecution")
              .putArray("nodeSelectorTerms")
              .addObject()
              .putArray("matchExpressions")
              .addObject();
      expression.put("key", "disk").put("operator", "NotIn").putArray("values").add("ssd");
    }
    if (tolerates) {
      pod.putArray("tolerations").addObject().put("key", "script").put("operator", "Exists");
    }
    ObjectNode container = pod.putArray("containers").addObject();
    container.put("name", "c").put("image", "nginx").put("imagePullPolicy", "IfNotPresent");
    container.putArray("env").addObject().put("name", "VARIANT").put("value", "<" + variant + ">");
    Map.of("cpu", "1m", "memory", "1Mi")
        .forEach(container.putObject("resources").putObject("requests")::put);
  }
}
