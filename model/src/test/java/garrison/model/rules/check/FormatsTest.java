package garrison.model.rules.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FormatsTest {
  private static final String LONG = "a".repeat(64);

  @ParameterizedTest
  @ValueSource(strings = {"10.9.8.7", "::1", "2001:db8::ffff", "2001:DB8:0:0::1"})
  void addresses(String value) {
    assertThat(IpFormats.address(value)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "1.2.3",
        "1.2.3.256",
        "1.2.3.4.5",
        "fe80::1%eth0",
        "[::1]",
        "1.2.3.4/8",
        "010.1.1.1",
        "::ffff:10.0.0.1"
      })
  void noAddresses(String value) {
    assertThat(IpFormats.address(value)).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8,0",
    "10.0.0.0/33,1",
    "2001:db8::/64,0",
    "::/129,1",
    "10.0.0.0,1",
    "/8,1",
    "10.0.0.1/8,1",
    "10.0.0.0/08,1"
  })
  void ranges(String value, int wrong) {
    assertThat(IpFormats.range(value)).hasSize(wrong);
  }

  @ParameterizedTest
  @CsvSource({
    "2001:DB8:0:0::1,2001:db8::1",
    "0:0:0:0:0:0:0:0,::",
    "1:0:0:2:0:0:0:3,1:0:0:2::3",
    "2001:db8:0:1:1:1:1:1,",
    "::1,",
    "10.0.0.1,"
  })
  void addressesOfTheYoungerFamilyHaveOneProperSpelling(
      String address, @Nullable String canonical) {
    String warning = IpFormats.warning(address);
    if (canonical == null) {
      assertThat(warning).isNull();
    } else {
      assertThat(warning).contains("canonical format (\"" + canonical + "\")");
    }
  }

  @Test
  void lengthsAreCountedInBytesAndNamedAsUpstreamDoes() {
    assertThat(Formats.dnsLabel(LONG)).containsExactly("must be no more than 63 characters");
    assertThat(Formats.labelValue(LONG)).containsExactly("must be no more than 63 bytes");
    assertThat(Formats.qualifiedName(LONG))
        .containsExactly("name part must be no more than 63 bytes");
    assertThat(Formats.labelValue("ä".repeat(32))).contains("must be no more than 63 bytes");
  }

  @Test
  void aQualifiedNameMayHaveADomainButOnlyOne() {
    assertThat(Formats.qualifiedName("example.com/MyName")).isEmpty();
    assertThat(Formats.qualifiedName("/x")).containsExactly("prefix part must be non-empty");
    assertThat(Formats.qualifiedName("A/x"))
        .singleElement()
        .asString()
        .startsWith("prefix part a lowercase RFC 1123 subdomain");
    assertThat(Formats.qualifiedName("a/b/c"))
        .singleElement()
        .asString()
        .startsWith("a valid label");
    assertThat(Formats.qualifiedName("a/")).hasSize(2);
  }

  @Test
  void aPortNameSaysAllThatIsWrong() {
    assertThat(Formats.portName("http")).isEmpty();
    assertThat(Formats.portName("-1--2-"))
        .containsExactly(
            "must contain at least one letter (a-z)",
            "must not contain consecutive hyphens",
            "must not begin or end with a hyphen");
  }

  @ParameterizedTest
  @CsvSource({".,must not be '.'", "..,must not be '..'", "..x,must not start with '..'"})
  void aConfigKeyIsNoWayUpwards(String key, String why) {
    assertThat(Formats.configKey(key)).containsExactly(why);
  }

  @Test
  void aPathSegmentIsAlmostAnything() {
    assertThat(Formats.pathSegment("system:node x")).isEmpty();
    assertThat(Formats.pathSegment("a/b%c"))
        .containsExactly("may not contain '/'", "may not contain '%'");
    assertThat(Formats.pathSegment("..")).containsExactly("may not be '..'");
  }

  @Test
  void textsOfAnyLengthAreAnsweredWithoutRecursion() {
    String longest = "a.".repeat(1_000_000) + "a";
    for (Function<String, List<String>> format :
        List.<Function<String, List<String>>>of(
            Formats::subdomain,
            Formats::dnsLabel,
            Formats::qualifiedName,
            Formats::labelValue,
            Formats::subdomainWithUnderscore,
            Formats::configKey)) {
      assertThat(format.apply(longest)).isNotEmpty();
    }
  }
}
