package garrison.conformance;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;

/**
 * A whole control plane of Kubernetes on a {@link Machine}, with NodeRestriction on, and no node
 * yet; one has credentials.
 */
final class KubernetesPlane implements AutoCloseable {
  /** The machine's address, at which the plane and the node find each other. */
  static final String ADDRESS = "10.99.0.1";

  /** The one node that it gives credentials to. */
  static final String NODE = "node-real";

  private static final String SERVICE = "10.0.0.1";

  private final ControlPlane plane;

  private KubernetesPlane(ControlPlane plane) {
    this.plane = plane;
  }

  static KubernetesPlane start(Machine machine, Path folder)
      throws IOException, GeneralSecurityException {
    network(machine);
    return new KubernetesPlane(
        ControlPlane.start(
            folder,
            new ControlPlane.Plan(
                machine::line,
                ADDRESS,
                443,
                "*",
                List.of(
                    "--bind-address=0.0.0.0",
                    "--advertise-address=" + ADDRESS,
                    "--enable-admission-plugins=NodeRestriction",
                    "--kubelet-preferred-address-types=InternalIP"),
                List.of(NODE))));
  }

  /**
   * A link for the node. There is no kube-proxy: the one service that has to be reached is an
   * address of the machine itself, and connections to others fail at once.
   */
  private static void network(Machine machine) {
    machine.link(ADDRESS);
    machine.run(
        "sh",
        "-ec",
        """
        ip addr add SERVICE/32 dev node0
        ip route add unreachable SERVICES
        """
            .replace("SERVICES", ControlPlane.SERVICES)
            .replace("SERVICE", SERVICE));
  }

  /** The administrator's. */
  Path kubeconfig() {
    return plane.kubeconfig();
  }

  /** That of {@link #NODE}. */
  Path nodeKubeconfig() {
    return plane.kubeconfigOf(NODE);
  }

  @Override
  public void close() {
    plane.close();
  }
}
