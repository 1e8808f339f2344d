package garrison.conformance;

import garrison.agent.life.Flavour;
import garrison.agent.life.HookLife;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Lifecycle hooks of containers of a real containerd. */
class ContainerHookTest extends HookLife {
  @RegisterExtension static final SharedContainerd CONTAINERD = new SharedContainerd();

  @Override
  protected Flavour flavour() {
    return CONTAINERD.flavour();
  }
}
