package io.drover.sim.hypervadapter;

import io.drover.config.HypervisorConfig;
import io.drover.config.HypervisorConfig.Hyperv.Login;
import io.drover.hypervisor.Hypervisor;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.hyperv.HypervHypervisor;
import io.drover.sim.hyperv.EmulatedHosts;
import io.drover.wsman.CimException;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The adapter in a process of its own, because a JVM reads its Kerberos configuration once. Arguments: principal and
 * keytab of the caller, the certificate to trust. Each line of its input, {@code look LOGIN HOST:PORT} or {@code move
 * LOGIN HOST:PORT HOST:PORT} with {@code keytab} or {@code own} as the login, brings one line of output.
 */
final class AdapterProcess {
    private final Login keytab;
    private final Path trusted;

    private AdapterProcess(Login keytab, Path trusted) {
        this.keytab = keytab;
        this.trusted = trusted;
    }

    public static void main(String[] args) throws Exception {
        AdapterProcess adapter = new AdapterProcess(new Login.Keytab(args[0], Path.of(args[1])), Path.of(args[2]));
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            System.out.println(adapter.answer(line.split(" ", -1)));
        }
        System.exit(0);
    }

    private String answer(String[] words) throws Exception {
        Login login = words[1].equals("keytab") ? keytab : new Login.OwnTickets();
        try (Hypervisor one = HypervHypervisor.of(config(login, words[2]))) {
            if (words[0].equals("look")) {
                return "SEEN " + OneMove.guests(one) + " with " + one.facts().memory();
            }
            try (Hypervisor two = HypervHypervisor.of(config(login, words[3]))) {
                return OneMove.move(one, two, OneMove.vm(1)) + " " + OneMove.guests(one) + "> " + OneMove.guests(two);
            }
        } catch (HypervisorException e) {
            String cause =
                    e.getCause() instanceof CimException call ? call.kind().name() : "none";
            return "FAILED " + cause + " " + e.getMessage() + " REMEDY " + e.remedy();
        }
    }

    private HypervisorConfig.Hyperv config(Login login, String host) {
        return new HypervisorConfig.Hyperv(
                URI.create("https://" + host + "/wsman"),
                login,
                Optional.of(trusted),
                Optional.of(host.substring(0, host.indexOf(':'))),
                List.of(EmulatedHosts.SHARE),
                Map.of(),
                Optional.empty());
    }
}
