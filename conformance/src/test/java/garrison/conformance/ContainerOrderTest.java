package garrison.conformance;

import garrison.agent.life.Flavour;
import garrison.agent.life.OrderLife;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Starts, restarts and ends of containers of a real containerd. */
class ContainerOrderTest extends OrderLife {
  @RegisterExtension static final SharedContainerd CONTAINERD = new SharedContainerd();

  @Override
  protected Flavour flavour() {
    return CONTAINERD.flavour();
  }
}
