package garrison.agent.life;

/** Against processes of the host. */
class ProcessProbeTest extends ProbeLife {
  @Override
  Flavour flavour() {
    return Flavour.PROCESSES;
  }
}
