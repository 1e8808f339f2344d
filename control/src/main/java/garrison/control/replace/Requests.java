package garrison.control.replace;

import garrison.client.CallInterceptor;
import garrison.client.UnreachableException;
import garrison.model.StatusException;
import garrison.model.kind.Kind;
import garrison.model.kind.Verb;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.function.Supplier;

/** Counts and times the requests to the API server, by verb, kind and code. Thread-safe. */
final class Requests implements CallInterceptor {
  private final MeterRegistry meters;

  Requests(MeterRegistry meters) {
    this.meters = meters;
  }

  @Override
  public <T> T around(Verb verb, Kind kind, Supplier<T> call) {
    Timer.Sample sample = Timer.start(meters);
    String code = "none";
    try {
      T answer = call.get();
      code = "2xx";
      return answer;
    } catch (StatusException e) {
      code = Integer.toString(e.code());
      throw e;
    } catch (UnreachableException e) {
      code = "unreachable";
      throw e;
    } finally {
      sample.stop(
          meters.timer(
              "garrison.client.requests",
              "verb",
              verb.text(),
              "resource",
              kind.qualifiedPlural(),
              "code",
              code));
    }
  }
}
