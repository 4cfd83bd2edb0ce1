package io.drover.config;

import io.drover.config.YamlNode.Place;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The configuration file of an agent: YAML, described key by key in {@code deploy/agent.example.yaml}. Every mistake in
 * it is found in one reading and reported with its line, its column and the path of its key.
 */
public final class ConfigFile {
    /** No honest file comes near this; a wrong path (a disk image, a log) is refused before it is read. */
    static final long BYTES_MAX = 1 << 20;

    private ConfigFile() {}

    /**
     * Reads the file. Relative paths in it start from the folder that holds it.
     *
     * @throws ConfigException with every mistake, or with the reason why the file cannot be read
     */
    public static AgentConfig read(Path file) {
        return read(file, ConfigFile::nameOfThisMachine);
    }

    /** Reads the file; the machine's name is asked for only if an address of the file needs it. */
    static AgentConfig read(Path file, Supplier<Optional<String>> hostName) {
        Problems problems = new Problems(file);
        String text = text(file, problems);
        problems.throwIfAny();
        YamlNode root = YamlReader.read(text, problems);
        // A malformed file has no keys to speak of: reporting them as missing would hide the one mistake.
        problems.throwIfAny();
        Path folder = Optional.ofNullable(file.toAbsolutePath().normalize().getParent())
                .orElseGet(file::toAbsolutePath);
        AgentConfig config = new AgentReader(Section.root(root, problems), folder, hostName).read();
        problems.throwIfAny();
        return config;
    }

    private static String text(Path file, Problems problems) {
        try {
            if (Files.size(file) > BYTES_MAX) {
                problems.add(Place.START, "", "is larger than " + SizeText.format(BYTES_MAX), "a configuration file");
                return "";
            }
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            problems.add(Place.START, "", "there is no such file", "a configuration file");
        } catch (CharacterCodingException e) {
            problems.add(Place.START, "", "is not text in UTF-8", "a YAML file in UTF-8");
        } catch (IOException e) {
            problems.add(Place.START, "", "cannot be read: " + e, "a readable file");
        }
        return "";
    }

    private static Optional<String> nameOfThisMachine() {
        try {
            return Optional.of(InetAddress.getLocalHost().getHostName());
        } catch (UnknownHostException e) {
            // The caller reports it at the key that would make the name unnecessary.
            return Optional.empty();
        }
    }
}
