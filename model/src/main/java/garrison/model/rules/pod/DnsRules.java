package garrison.model.rules.pod;

import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Formats;
import garrison.model.rules.check.IpFormats;
import java.util.List;
import java.util.stream.Collectors;

/** How a pod resolves names, and its own name (spec: api-server 15.2). */
final class DnsRules {
  private static final List<String> POLICIES =
      List.of("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None");
  private static final int MOST_SERVERS = 3;
  private static final int MOST_SEARCHES = 32;
  private static final int LONGEST_SEARCH = 2048;
  private static final int LONGEST_HOST_NAME = 64;

  private DnsRules() {}

  static void policy(At policy, Errors errors) {
    if (policy.text().isEmpty()) {
      errors.required(policy);
    } else if (!POLICIES.contains(policy.text())) {
      errors.notSupported(policy, policy.text(), POLICIES);
    }
  }

  static void config(At config, String policy, Errors errors) {
    At servers = config.child("nameservers");
    if (policy.equals("None")) {
      if (!config.present()) {
        errors.required(config, "must provide `dnsConfig` when `dnsPolicy` is None");
        return;
      }
      if (!servers.filled()) {
        errors.required(
            servers, "must provide at least one DNS nameserver when `dnsPolicy` is None");
        return;
      }
    }
    if (servers.node().size() > MOST_SERVERS) {
      errors.invalid(servers, "must not have more than " + MOST_SERVERS + " nameservers");
    }
    for (At server : servers.items()) {
      errors.invalid(server, IpFormats.address(server.text()));
    }
    searches(config.child("searches"), errors);
    for (At option : config.child("options").items()) {
      if (option.text("name").isEmpty()) {
        errors.required(option, "must not be empty");
      }
    }
  }

  private static void searches(At searches, Errors errors) {
    if (searches.node().size() > MOST_SEARCHES) {
      errors.invalid(searches, "must not have more than " + MOST_SEARCHES + " search paths");
    }
    String joined = searches.items().stream().map(At::text).collect(Collectors.joining(" "));
    if (Formats.bytes(joined) > LONGEST_SEARCH) {
      errors.invalid(
          searches,
          "must not have more than "
              + LONGEST_SEARCH
              + " characters (including spaces) in the search list");
    }
    for (At search : searches.items()) {
      String text = search.text();
      if (!text.equals(".")) {
        String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        errors.invalid(search, name, Formats.subdomainWithUnderscore(name));
      }
    }
  }

  static void hostNameOverride(At spec, Errors errors) {
    At name = spec.child("hostnameOverride");
    if (!name.present()) {
      return;
    }
    if (spec.flag("setHostnameAsFQDN")) {
      errors.forbidden(name, "may not be specified when setHostnameAsFQDN is true");
    }
    if (spec.flag("hostNetwork")) {
      errors.forbidden(name, "may not be specified when hostNetwork is true");
    }
    if (Formats.bytes(name.text()) > LONGEST_HOST_NAME) {
      errors.tooLong(name, LONGEST_HOST_NAME);
    }
    errors.invalid(name, Formats.subdomain(name.text()));
  }

  static void hostAliases(At aliases, Errors errors) {
    for (At alias : aliases.items()) {
      errors.invalid(alias.child("ip"), alias.text("ip"), IpFormats.address(alias.text("ip")));
      for (At name : alias.child("hostnames").items()) {
        errors.invalid(name, Formats.subdomain(name.text()));
      }
    }
  }
}
