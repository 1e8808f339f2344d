package garrison.agent.pod;

import java.nio.file.Path;
import java.util.List;

/**
 * What the pods of a node are told about the names of the cluster (spec: node-agent 3.11).
 *
 * @param servers of the cluster's names; empty where it has none
 * @param domain of the cluster, such as {@code cluster.local}; empty where it has none
 * @param nodeFile the node's own resolver configuration
 */
public record ClusterDns(List<String> servers, String domain, Path nodeFile) {
  /** A cluster without names: pods are told what the node is told. */
  public static final ClusterDns NONE =
      new ClusterDns(List.of(), "cluster.local", Path.of("/etc/resolv.conf"));
}
