package garrison.conformance;

import garrison.agent.life.Flavour;
import garrison.agent.life.ProbeLife;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Probes of containers of a real containerd. */
class ContainerProbeTest extends ProbeLife {
  @RegisterExtension static final SharedContainerd CONTAINERD = new SharedContainerd();

  @Override
  protected Flavour flavour() {
    return CONTAINERD.flavour();
  }
}
