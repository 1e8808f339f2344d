package garrison.model.rules.pod;

import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Formats;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Ports of containers (spec: api-server 15.2). */
final class PortRules {
  private static final List<String> PROTOCOLS = List.of("SCTP", "TCP", "UDP");

  private PortRules() {}

  static void validate(At ports, Errors errors) {
    Set<String> names = new HashSet<>();
    for (At port : ports.items()) {
      name(port.child("name"), names, errors);
      At number = port.child("containerPort");
      if (number.number() == 0) {
        errors.required(number);
      } else {
        errors.invalid(number, number.number(), Formats.portNumber(number.number()));
      }
      At host = port.child("hostPort");
      if (host.number() != 0) {
        errors.invalid(host, host.number(), Formats.portNumber(host.number()));
      }
      At protocol = port.child("protocol");
      if (protocol.text().isEmpty()) {
        errors.required(protocol);
      } else if (!PROTOCOLS.contains(protocol.text())) {
        errors.notSupported(protocol, protocol.text(), PROTOCOLS);
      }
    }
  }

  private static void name(At name, Set<String> names, Errors errors) {
    if (name.text().isEmpty()) {
      return;
    }
    List<String> wrong = Formats.portName(name.text());
    errors.invalid(name, wrong);
    if (wrong.isEmpty() && !names.add(name.text())) {
      errors.duplicate(name, name.text());
    }
  }

  /** No two of these containers may take one port of the host. */
  static void hostPortConflicts(List<At> containers, Errors errors) {
    Set<String> taken = new HashSet<>();
    for (At container : containers) {
      for (At port : container.child("ports").items()) {
        long number = port.number("hostPort");
        String key = port.text("protocol") + "/" + port.text("hostIP") + "/" + number;
        if (number != 0 && !taken.add(key)) {
          errors.duplicate(port.child("hostPort"), key);
        }
      }
    }
  }

  /** On the host's network, a port of the container is that port of the host. */
  static void onHostNetwork(PodContext context, Errors errors) {
    if (!context.spec().flag("hostNetwork")) {
      return;
    }
    for (At container : context.spec().child("containers").items()) {
      for (At port : container.child("ports").items()) {
        long host = port.number("hostPort");
        if ((context.pod() || host != 0) && host != port.number("containerPort")) {
          errors.invalid(
              port.child("hostPort"),
              host,
              "must match `containerPort` when `hostNetwork` is true");
        }
      }
    }
  }

  /** A port by number or by name, as probes give it; nothing counts as zero. */
  static void numberOrName(At port, Errors errors) {
    JsonNode node = port.node();
    if (node.isString()) {
      errors.invalid(port, Formats.portName(port.text()));
    } else {
      errors.invalid(port, port.number(), Formats.portNumber(port.number()));
    }
  }
}
