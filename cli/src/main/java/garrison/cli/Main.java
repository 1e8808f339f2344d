package garrison.cli;

import garrison.agent.AgentStartException;
import garrison.apiserver.StartException;
import garrison.client.UnreachableException;
import garrison.model.StatusException;
import garrison.store.StoreException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The command {@code garrison}. Exit codes: 0 done, 1 failed, 2 wrong usage. */
@Command(
    name = "garrison",
    description = "One pod posted on every node: the DaemonSet system, whole.",
    subcommands = {
      UpCommand.class,
      ServerCommand.class,
      AgentCommand.class,
      HollowCommand.class,
      ControllerCommand.class,
      TokenCommand.class,
      StatusCommand.class,
      ExplainCommand.class,
      PlanCommand.class,
      TrainCommand.class,
      TrainAgentCommand.class,
      HelpCommand.class
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND")
public final class Main {
  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  /** Runs one command; what goes wrong is one line on standard error that says what to do. */
  public static int run(String... arguments) {
    CommandLine command = new CommandLine(new Main());
    command.setExecutionExceptionHandler(
        (failure, line, result) -> {
          System.err.println("garrison: " + explain(failure));
          if (System.getenv("GARRISON_LOG") != null && !(failure instanceof CommandFailure)) {
            failure.printStackTrace();
          }
          return CommandLine.ExitCode.SOFTWARE;
        });
    command.setParameterExceptionHandler(
        (failure, parameters) -> {
          CommandLine line = failure.getCommandLine();
          System.err.println(
              "garrison: "
                  + failure.getMessage()
                  + " (see "
                  + line.getCommandSpec().qualifiedName()
                  + " --help)");
          return CommandLine.ExitCode.USAGE;
        });
    return command.execute(arguments);
  }

  private static String explain(Throwable failure) {
    String message = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    return switch (failure) {
      case CommandFailure known -> String.valueOf(known.getMessage());
      case StartException start -> String.valueOf(start.getMessage());
      case AgentStartException agent -> String.valueOf(agent.getMessage());
      case StoreException store -> String.valueOf(store.getMessage());
      case StatusException refused -> "the server refused: " + refused.message();
      case UnreachableException unreachable ->
          message + ": is the server running, and is --server or --kubeconfig right?";
      default ->
          failure.getClass().getSimpleName() + ": " + message + " (GARRISON_LOG=DEBUG shows more)";
    };
  }
}
