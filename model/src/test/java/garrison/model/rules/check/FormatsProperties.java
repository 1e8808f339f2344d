package garrison.model.rules.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The scanners agree with the patterns that their messages name. */
class FormatsProperties {
  private static final String LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
  private static final String NAME = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";

  /** Short texts of the characters that decide. */
  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings().withChars("aZ09-_. /%=:").ofMaxLength(12);
  }

  @Property
  void dnsLabels(@ForAll("texts") String text) {
    agree(text, LABEL, Formats::dnsLabel);
  }

  @Property
  void subdomains(@ForAll("texts") String text) {
    agree(text, LABEL + "(\\." + LABEL + ")*", Formats::subdomain);
  }

  @Property
  void subdomainsWithUnderscores(@ForAll("texts") String text) {
    String label = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
    agree(text, label + "(\\." + label + ")*", Formats::subdomainWithUnderscore);
  }

  @Property
  void labelValues(@ForAll("texts") String text) {
    agree(text, "(" + NAME + ")?", Formats::labelValue);
  }

  @Property
  void qualifiedNames(@ForAll("texts") String text) {
    agree(text, "(" + LABEL + "(\\." + LABEL + ")*/)?" + NAME, Formats::qualifiedName);
  }

  @Property
  void percentages(@ForAll("texts") String text) {
    agree(text, "[0-9]+%", Formats::percent);
  }

  @Property
  void headerNames(@ForAll("texts") String text) {
    agree(text, "[-A-Za-z0-9]+", Formats::headerName);
  }

  private static void agree(String text, String pattern, Function<String, List<String>> format) {
    assertThat(format.apply(text).isEmpty()).isEqualTo(Pattern.matches(pattern, text));
  }
}
