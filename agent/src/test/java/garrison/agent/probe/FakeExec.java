package garrison.agent.probe;

import garrison.agent.runtime.ExecResult;
import garrison.agent.runtime.Runtime;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.Function;

/** A runtime of which only commands are asked. */
final class FakeExec {
  private FakeExec() {}

  static Runtime runtime(Function<List<String>, ExecResult> exec) {
    return (Runtime)
        Proxy.newProxyInstance(
            Runtime.class.getClassLoader(),
            new Class<?>[] {Runtime.class},
            (proxy, method, arguments) -> {
              if (!method.getName().equals("exec")) {
                throw new UnsupportedOperationException(method.getName());
              }
              @SuppressWarnings("unchecked")
              List<String> command = (List<String>) arguments[1];
              return exec.apply(command);
            });
  }
}
