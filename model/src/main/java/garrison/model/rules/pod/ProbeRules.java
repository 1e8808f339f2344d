package garrison.model.rules.pod;

import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Formats;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Probes, and what runs at the start and the end of a container (spec: api-server 15.2). */
final class ProbeRules {
  private static final List<String> SCHEMES = List.of("HTTP", "HTTPS");
  private static final Set<String> LINUX_SIGNALS = linuxSignals();
  private static final Set<String> WINDOWS_SIGNALS = new TreeSet<>(Set.of("SIGKILL", "SIGTERM"));

  private ProbeRules() {}

  static void liveness(At probe, PodContext context, Errors errors) {
    once(probe, context, errors);
  }

  static void startup(At probe, PodContext context, Errors errors) {
    once(probe, context, errors);
  }

  private static void once(At probe, PodContext context, Errors errors) {
    if (probe.present()) {
      probe(probe, context, errors);
      At threshold = probe.child("successThreshold");
      if (threshold.number() != 1) {
        errors.invalid(threshold, threshold.number(), "must be 1");
      }
    }
  }

  static void readiness(At probe, PodContext context, Errors errors) {
    if (probe.present()) {
      probe(probe, context, errors);
      At grace = probe.child("terminationGracePeriodSeconds");
      if (grace.present()) {
        errors.invalid(grace, "must not be set for readinessProbes");
      }
    }
  }

  private static void probe(At probe, PodContext context, Errors errors) {
    handler(probe, context, false, errors);
    for (String number :
        List.of(
            "initialDelaySeconds",
            "timeoutSeconds",
            "periodSeconds",
            "successThreshold",
            "failureThreshold")) {
      errors.nonNegative(probe.child(number));
    }
    At grace = probe.child("terminationGracePeriodSeconds");
    if (grace.present() && grace.number() <= 0) {
      errors.invalid(grace, "must be greater than 0");
    }
  }

  static void lifecycle(At lifecycle, PodContext context, Errors errors) {
    for (String hook : List.of("postStart", "preStop")) {
      if (lifecycle.has(hook)) {
        handler(lifecycle.child(hook), context, true, errors);
      }
    }
    At signal = lifecycle.child("stopSignal");
    if (signal.present()) {
      stopSignal(signal, context.system(), errors);
    }
  }

  private static void stopSignal(At signal, String system, Errors errors) {
    switch (system) {
      case "" ->
          errors.forbidden(signal, "may not be set for containers with empty `spec.os.name`");
      case "windows" -> knownSignal(signal, WINDOWS_SIGNALS, errors);
      case "linux" -> knownSignal(signal, LINUX_SIGNALS, errors);
      default -> {}
    }
  }

  private static void knownSignal(At signal, Set<String> signals, Errors errors) {
    if (!signals.contains(signal.text())) {
      errors.notSupported(signal, signal.text(), signals);
    }
  }

  /** Exactly one way to do it. */
  private static void handler(At handler, PodContext context, boolean hook, Errors errors) {
    Map<String, BiConsumer<At, Errors>> ways = new LinkedHashMap<>();
    ways.put("exec", ProbeRules::exec);
    ways.put("httpGet", ProbeRules::httpGet);
    ways.put("tcpSocket", (at, found) -> PortRules.numberOrName(at.child("port"), found));
    if (hook) {
      ways.put("sleep", (at, found) -> sleep(at, context, found));
    } else {
      ways.put("grpc", (at, found) -> PortRules.numberOrName(at.child("port"), found));
    }
    int found = 0;
    for (Map.Entry<String, BiConsumer<At, Errors>> way : ways.entrySet()) {
      At at = handler.child(way.getKey());
      if (!at.present()) {
        continue;
      }
      if (found++ > 0) {
        errors.forbidden(at, "may not specify more than 1 handler type");
      } else {
        way.getValue().accept(at, errors);
      }
    }
    if (found == 0) {
      errors.required(handler, "must specify a handler type");
    }
  }

  private static void exec(At exec, Errors errors) {
    if (!exec.child("command").filled()) {
      errors.required(exec.child("command"));
    }
  }

  private static void httpGet(At get, Errors errors) {
    if (get.text("path").isEmpty()) {
      errors.required(get.child("path"));
    }
    PortRules.numberOrName(get.child("port"), errors);
    if (!SCHEMES.contains(get.text("scheme"))) {
      errors.notSupported(get.child("scheme"), get.text("scheme"), SCHEMES);
    }
    At headers = get.child("httpHeaders");
    for (At header : headers.items()) {
      // Upstream reports a header at the list.
      errors.invalid(headers, header.text("name"), Formats.headerName(header.text("name")));
    }
  }

  private static void sleep(At sleep, PodContext context, Errors errors) {
    Long grace = context.gracePeriod();
    long seconds = sleep.number("seconds");
    if (grace != null && (seconds < 0 || seconds > grace)) {
      errors.invalid(
          sleep,
          seconds,
          "must be non-negative and less than terminationGracePeriodSeconds (" + grace + ")");
    }
  }

  private static Set<String> linuxSignals() {
    Stream<String> named =
        Stream.of(
                "ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV"
                    .split(" "),
                "STKFLT STOP SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ"
                    .split(" "))
            .flatMap(Stream::of);
    Stream<String> realTime =
        Stream.of(
                IntStream.rangeClosed(1, 15).mapToObj(i -> "RTMIN+" + i),
                IntStream.rangeClosed(1, 14).mapToObj(i -> "RTMAX-" + i),
                Stream.of("RTMIN", "RTMAX"))
            .flatMap(names -> names);
    TreeSet<String> signals = new TreeSet<>();
    Stream.concat(named, realTime).map(name -> "SIG" + name).forEach(signals::add);
    return signals;
  }
}
