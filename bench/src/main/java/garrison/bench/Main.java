package garrison.bench;

import garrison.bench.engine.EngineCommand;
import garrison.bench.fleet.FleetCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code bench/run}. */
@Command(
    name = "bench/run",
    description = "Measures Garrison on this machine.",
    subcommands = {FleetCommand.class, EngineCommand.class, CommandLine.HelpCommand.class},
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
public final class Main {
  private Main() {}

  /** Runs one bench and ends the process: 0 for done, 1 for failed, 2 for wrong usage. */
  public static void main(String[] arguments) {
    CommandLine command = new CommandLine(new Main());
    command.setExecutionExceptionHandler(
        (failure, line, result) -> {
          System.err.println("bench: " + failure.getMessage());
          if (!(failure instanceof BenchFailure)) {
            failure.printStackTrace();
          }
          return CommandLine.ExitCode.SOFTWARE;
        });
    System.exit(command.execute(arguments));
  }
}
