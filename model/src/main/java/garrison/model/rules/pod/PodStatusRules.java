package garrison.model.rules.pod;

import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Formats;
import garrison.model.rules.check.IpFormats;
import garrison.model.rules.check.Members;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a node may report of a pod (spec: api-server 10.1, "Status subresource"). Pure. */
final class PodStatusRules {
  private static final Set<String> SYSTEM_CONDITIONS =
      Set.of("PodScheduled", "Ready", "Initialized");
  private static final List<String> KEPT =
      List.of(
          "qosClass",
          "resourceClaimStatuses",
          "extendedResourceClaimStatus",
          "nodeAllocatableResourceClaimStatuses",
          "observedGeneration");

  private PodStatusRules() {}

  /** Mirrors the one address into the list of addresses, or back. In place. */
  static void mirrorAddresses(ObjectNode status) {
    String address = status.path("podIP").asString("");
    String first = status.path("podIPs").path(0).path("ip").asString("");
    if (!address.isEmpty() && !address.equals(first)) {
      status.putArray("podIPs").addObject().put("ip", address);
    } else if (address.isEmpty() && !first.isEmpty()) {
      status.put("podIP", first);
    }
  }

  /** Keeps what an older node leaves out. In place. */
  static void carryOver(ObjectNode status, JsonNode old) {
    for (String member : KEPT) {
      if (Members.absent(status, member) && old.has(member)) {
        Members.carry(old, status, member);
      }
    }
    Map<String, Deque<JsonNode>> generations = new HashMap<>();
    for (JsonNode condition : old.path("conditions")) {
      generations
          .computeIfAbsent(condition.path("type").asString(""), type -> new ArrayDeque<>())
          .add(condition);
    }
    for (ObjectNode condition : Members.objects(status, "conditions")) {
      Deque<JsonNode> before = generations.get(condition.path("type").asString(""));
      JsonNode same = before == null ? null : before.poll();
      if (same != null
          && same.has("observedGeneration")
          && condition.path("observedGeneration").asLong(0) == 0) {
        Members.carry(same, condition, "observedGeneration");
      }
    }
  }

  static void validate(At pod, At old, Errors errors) {
    At status = pod.child("status");
    At before = old.child("status");
    for (At condition : status.child("conditions").items()) {
      condition(condition, errors);
    }
    nominated(status.child("nominatedNodeName"), before, old, errors);
    At generation = status.child("observedGeneration");
    if (generation.number() < 0) {
      errors.invalid(generation, "must be a non-negative integer");
    }
    At qos = status.child("qosClass");
    if (!qos.text().equals(before.text("qosClass"))) {
      errors.invalid(qos, qos.text(), "field is immutable");
    }
    At spec = old.child("spec");
    if (!restartsAll(spec)) {
      transitions(status, before, "containerStatuses", spec.child("containers"), spec, errors);
      transitions(
          status, before, "initContainerStatuses", spec.child("initContainers"), spec, errors);
    }
    transitions(status, before, "ephemeralContainerStatuses", spec.child("none"), spec, errors);
    podAddresses(status, before, errors);
    hostAddresses(status, before, errors);
  }

  private static void condition(At condition, Errors errors) {
    At generation = condition.child("observedGeneration");
    if (generation.number() < 0) {
      errors.invalid(generation, "must be a non-negative integer");
    }
    if (!SYSTEM_CONDITIONS.contains(condition.text("type"))) {
      errors.invalid(
          condition.child("Type"),
          condition.text("type"),
          Formats.qualifiedName(condition.text("type")));
    }
  }

  private static void nominated(At nominated, At before, At old, Errors errors) {
    String name = nominated.text();
    if (name.isEmpty() || name.equals(before.text("nominatedNodeName"))) {
      return;
    }
    errors.invalid(nominated, Formats.subdomain(name));
    if (!old.child("spec").text("nodeName").isEmpty()) {
      errors.forbidden(nominated, "may not be set on pods that are already bound to a node");
    }
  }

  /** Whether some rule restarts the whole pod, so that any container may run again. */
  private static boolean restartsAll(At spec) {
    boolean[] found = {false};
    Containers.each(
        spec,
        container -> {
          for (At rule : container.child("restartPolicyRules").items()) {
            found[0] |= rule.text("action").equals("RestartAllContainers");
          }
        });
    return found[0];
  }

  /** A container that ended stays ended where nothing restarts it. */
  private static void transitions(
      At status, At before, String list, At containers, At spec, Errors errors) {
    int index = 0;
    for (At old : before.child(list).items()) {
      At at = status.child(list).index(index++);
      At terminated = old.child("state", "terminated");
      if (!terminated.present()) {
        continue;
      }
      for (At now : status.child(list).items()) {
        if (now.text("name").equals(old.text("name"))) {
          if (!now.child("state").has("terminated")
              && !restarts(containers, old.text("name"), spec, terminated.number("exitCode"))) {
            errors.forbidden(at.child("state"), "may not be transitioned to non-terminated state");
          }
          break;
        }
      }
    }
  }

  private static boolean restarts(At containers, String name, At spec, long exitCode) {
    for (At container : containers.items()) {
      if (container.text("name").equals(name)) {
        for (At rule : container.child("restartPolicyRules").items()) {
          if (applies(rule.child("exitCodes"), exitCode)) {
            return rule.text("action").startsWith("Restart");
          }
        }
        String own = container.text("restartPolicy");
        String policy = own.isEmpty() ? spec.text("restartPolicy") : own;
        return policy.equals("Always") || (policy.equals("OnFailure") && exitCode != 0);
      }
    }
    return false;
  }

  private static boolean applies(At codes, long exitCode) {
    boolean listed =
        codes.child("values").items().stream().anyMatch(code -> code.number() == exitCode);
    return switch (codes.text("operator")) {
      case "In" -> listed;
      case "NotIn" -> !listed;
      default -> false;
    };
  }

  private static void podAddresses(At status, At before, Errors errors) {
    At all = status.child("podIPs");
    addresses(all, before.child("podIPs"), errors);
    String single = status.text("podIP");
    if (single.isEmpty() == all.filled()) {
      errors.invalid(all, "podIP and podIPs must either both be set or both be unset");
    } else if (all.filled() && !single.equals(all.index(0).text("ip"))) {
      errors.invalid(all.index(0).child("ip"), "must be equal to `podIP`");
    }
  }

  private static void hostAddresses(At status, At before, Errors errors) {
    At all = status.child("hostIPs");
    if (!all.filled()) {
      return;
    }
    if (!status.text("hostIP").equals(all.index(0).text("ip"))) {
      errors.invalid(all.index(0).child("ip"), "must be equal to `hostIP`");
    }
    addresses(all, before.child("hostIPs"), errors);
  }

  /** At most one address of each family. */
  private static void addresses(At all, At before, Errors errors) {
    Set<String> known = new HashSet<>();
    before.items().forEach(at -> known.add(at.text("ip")));
    Set<Boolean> families = new HashSet<>();
    for (At address : all.items()) {
      String ip = address.text("ip");
      families.add(IpFormats.isV6(ip));
      if (!known.contains(ip)) {
        errors.invalid(address, ip, IpFormats.address(ip));
      }
    }
    if (all.node().size() > 1 && families.size() != all.node().size()) {
      errors.invalid(all, "may specify no more than one IP for each IP family");
    }
  }
}
