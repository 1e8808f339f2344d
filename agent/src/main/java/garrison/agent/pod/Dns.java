package garrison.agent.pod;

import garrison.agent.runtime.SandboxSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a pod's resolver is told, by its dnsPolicy and dnsConfig (spec: node-agent 3.11). Pure but
 * for {@link #node}.
 *
 * @param told to the runtime
 * @param missing the cluster has no names though the pod counts on them
 * @param cut what did not fit, in upstream's words; null where all did
 */
record Dns(SandboxSpec.Dns told, boolean missing, @Nullable String cut) {
  private static final int MOST_SERVERS = 3;
  private static final int MOST_SEARCHES = 32;
  private static final int MOST_SEARCH_CHARACTERS = 2048;

  /** Of a resolver configuration in the node's own file, in the order of its lines. */
  static SandboxSpec.Dns parse(List<String> lines) {
    List<String> servers = new ArrayList<>();
    List<String> searches = List.of();
    List<String> options = List.of();
    for (String line : lines) {
      List<String> words = List.of(line.strip().split("\\s+"));
      List<String> values = words.subList(1, words.size());
      switch (words.getFirst()) {
        case "nameserver" -> values.stream().limit(1).forEach(servers::add);
        case "search" ->
            searches = values.stream().map(Dns::withoutDot).toList(); // the last counts
        case "options" -> options = values;
        default -> {
          // a comment, or what only the node's resolver knows
        }
      }
    }
    return new SandboxSpec.Dns(List.copyOf(servers), searches, options);
  }

  private static String withoutDot(String domain) {
    return domain.length() > 1 && domain.endsWith(".")
        ? domain.substring(0, domain.length() - 1)
        : domain;
  }

  /** The node's own; empty where it has no such file. */
  static SandboxSpec.Dns node(ClusterDns dns) throws IOException {
    try {
      return parse(Files.readAllLines(dns.nodeFile()));
    } catch (NoSuchFileException e) {
      return new SandboxSpec.Dns(List.of(), List.of(), List.of());
    }
  }

  /** Of one pod. */
  static Dns of(JsonNode podSpec, String namespace, ClusterDns cluster, SandboxSpec.Dns node) {
    boolean hostNetwork = podSpec.path("hostNetwork").asBoolean(false);
    String policy = podSpec.path("dnsPolicy").asString("ClusterFirst");
    boolean names =
        policy.equals("ClusterFirstWithHostNet") || (policy.equals("ClusterFirst") && !hostNetwork);
    SandboxSpec.Dns base;
    if (policy.equals("None")) {
      base = new SandboxSpec.Dns(List.of(), List.of(), List.of());
    } else if (names && !cluster.servers().isEmpty()) {
      base = ofCluster(namespace, cluster, node);
    } else {
      base = node;
    }
    boolean missing = names && cluster.servers().isEmpty();
    return cut(merge(base, podSpec.path("dnsConfig")), missing);
  }

  private static SandboxSpec.Dns ofCluster(
      String namespace, ClusterDns cluster, SandboxSpec.Dns node) {
    Set<String> searches = new LinkedHashSet<>();
    String domain = cluster.domain();
    if (!domain.isEmpty()) {
      searches.addAll(List.of(namespace + ".svc." + domain, "svc." + domain, domain));
    }
    searches.addAll(node.searches());
    return new SandboxSpec.Dns(cluster.servers(), List.copyOf(searches), List.of("ndots:5"));
  }

  private static SandboxSpec.Dns merge(SandboxSpec.Dns base, JsonNode config) {
    Set<String> servers = new LinkedHashSet<>(base.servers());
    config.path("nameservers").forEach(server -> servers.add(server.asString("")));
    Set<String> searches = new LinkedHashSet<>(base.searches());
    config.path("searches").forEach(search -> searches.add(search.asString("")));
    TreeMap<String, String> options = new TreeMap<>();
    base.options().forEach(option -> options.put(option.split(":", 2)[0], option));
    for (JsonNode option : config.path("options")) {
      String name = option.path("name").asString("");
      JsonNode value = option.path("value");
      options.put(name, value.isString() ? name + ":" + value.asString() : name);
    }
    return new SandboxSpec.Dns(
        List.copyOf(servers), List.copyOf(searches), List.copyOf(options.values()));
  }

  private static Dns cut(SandboxSpec.Dns whole, boolean missing) {
    List<String> words = new ArrayList<>();
    List<String> servers = whole.servers();
    if (servers.size() > MOST_SERVERS) {
      servers = servers.subList(0, MOST_SERVERS);
      words.add(
          "Nameserver limits were exceeded, some nameservers have been omitted, the applied"
              + " nameserver line is: "
              + String.join(" ", servers));
    }
    List<String> searches = new ArrayList<>();
    int characters = 0;
    for (String search : whole.searches()) {
      characters += search.length() + (searches.isEmpty() ? 0 : 1);
      if (searches.size() == MOST_SEARCHES || characters > MOST_SEARCH_CHARACTERS) {
        words.add(
            "Search Line limits were exceeded, some search paths have been omitted, the applied"
                + " search line is: "
                + String.join(" ", searches));
        break;
      }
      searches.add(search);
    }
    return new Dns(
        new SandboxSpec.Dns(servers, List.copyOf(searches), whole.options()),
        missing,
        words.isEmpty() ? null : String.join("; ", words));
  }
}
