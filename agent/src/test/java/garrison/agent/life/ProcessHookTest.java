package garrison.agent.life;

/** Against processes of the host. */
class ProcessHookTest extends HookLife {
  @Override
  protected Flavour flavour() {
    return Flavour.PROCESSES;
  }
}
