package garrison.agent.life;

/** Against processes of the host. */
class ProcessProbeTest extends ProbeLife {
  @Override
  protected Flavour flavour() {
    return Flavour.PROCESSES;
  }
}
