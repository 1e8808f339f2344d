package garrison.agent.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import garrison.agent.Refusal;
import garrison.agent.runtime.Container;
import garrison.agent.runtime.Container.State;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose log it is, and why there is none (spec: node-agent 3.15). */
class LogChoiceTest {
  private static Container run(String id, String state) {
    if (state == null) {
      return null;
    }
    return new Container(
        id,
        "s",
        "c",
        0,
        "i",
        "i",
        State.valueOf(state),
        Instant.EPOCH,
        null,
        null,
        0,
        "",
        "",
        "/log",
        "h",
        Map.of(),
        null);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // newest | before | waiting          | previous | whose
        "RUNNING  |        |                  | false    | newest",
        "RUNNING  | EXITED |                  | false    | newest",
        "RUNNING  | EXITED |                  | true     | before",
        "EXITED   |        |                  | false    | newest",
        "EXITED   |        | CrashLoopBackOff | false    | newest",
        "EXITED   |        | CrashLoopBackOff | true     | newest",
        "EXITED   | EXITED | CrashLoopBackOff | true     | newest",
        "EXITED   | EXITED |                  | true     | before",
        "CREATED  | EXITED |                  | false    | before",
        "CREATED  | EXITED |                  | true     | before",
      })
  void logIsThatOf(String newest, String before, String waiting, boolean previous, String whose)
      throws Refusal {
    LogChoice choice =
        new LogChoice(
            run("newest", newest), run("before", before), waiting == null ? "" : waiting, false);
    assertThat(choice.of("p", "c", previous).id()).isEqualTo(whose);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // newest | waiting                    | previous | ended | why
        "         |                            | false    | false | container \"c\" in pod \"p\" is waiting to start: ContainerCreating",
        "         | PodInitializing            | false    | false | container \"c\" in pod \"p\" is waiting to start: PodInitializing",
        "         | ErrImagePull               | false    | false | container \"c\" in pod \"p\" is waiting to start: image can't be pulled",
        "         | ImagePullBackOff           | false    | false | container \"c\" in pod \"p\" is waiting to start: trying and failing to pull image",
        "CREATED  | CreateContainerConfigError | false    | false | container \"c\" in pod \"p\" is waiting to start: CreateContainerConfigError",
        "         |                            | false    | true  | container \"c\" in pod \"p\" is terminated",
        "         |                            | true     | false | previous terminated container \"c\" in pod \"p\" not found",
        "RUNNING  |                            | true     | false | previous terminated container \"c\" in pod \"p\" not found",
        "EXITED   |                            | true     | false | previous terminated container \"c\" in pod \"p\" not found",
      })
  void refusals(String newest, String waiting, boolean previous, boolean ended, String why) {
    LogChoice choice =
        new LogChoice(run("newest", newest), null, waiting == null ? "" : waiting, ended);
    Refusal refusal = assertThrows(Refusal.class, () -> choice.of("p", "c", previous));
    assertThat(refusal.code()).isEqualTo(400);
    assertThat(refusal.text()).isEqualTo(why);
  }
}
