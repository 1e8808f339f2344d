package garrison.conformance;

import garrison.agent.life.Flavour;
import garrison.agent.life.VolumeLife;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Volumes of containers of a real containerd. */
class ContainerVolumeTest extends VolumeLife {
  @RegisterExtension static final SharedContainerd CONTAINERD = new SharedContainerd();

  @Override
  protected Flavour flavour() {
    return CONTAINERD.flavour();
  }
}
