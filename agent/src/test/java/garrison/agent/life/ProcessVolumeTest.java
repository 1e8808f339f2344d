package garrison.agent.life;

/** Against processes of the host. */
class ProcessVolumeTest extends VolumeLife {
  @Override
  protected Flavour flavour() {
    return Flavour.PROCESSES;
  }
}
