package io.drover.fencing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordFileTest {
    private static final FilePrivacy ANY = file -> Optional.empty();

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"s3cret", "s3cret\n", "s3cret\r\n"})
    void onlyLineIsThePassword(String content) throws IOException {
        assertThat(new PasswordFile(write(content), ANY).read().reveal()).isEqualTo("s3cret");
    }

    @Test
    void passwordMayHaveSpacesAndAnyLetters() throws IOException {
        assertThat(new PasswordFile(write(" pä ss=\"'$ \n"), ANY).read().reveal())
                .isEqualTo(" pä ss=\"'$ ");
    }

    @ParameterizedTest(name = "[{index}]")
    @ValueSource(strings = {"", "\n", "s3cret\naction=on", "s3cret\n\n", "s3\tcret", "s3\0cret", "s3\rcret"})
    void anythingElseThanOneLineIsRefusedWithoutBeingShown(String content) throws IOException {
        Path file = write(content);

        assertThatExceptionOfType(FencingException.class)
                .isThrownBy(() -> new PasswordFile(file, ANY).read())
                .withMessage("password file " + file
                        + ": is not one line of text (expected: the password, at most 1024 bytes of UTF-8)")
                .withNoCause();
    }

    @Test
    void fileThatIsNoTextOrTooLongIsRefused() throws IOException {
        Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe, 's', '3'});
        Path large = write("x".repeat(1025));

        for (Path file : new Path[] {binary, large}) {
            assertThatExceptionOfType(FencingException.class)
                    .isThrownBy(() -> new PasswordFile(file, ANY).read())
                    .withMessageContaining("is not one line of text")
                    .withNoCause();
        }
    }

    @Test
    void missingFileIsNamed() {
        Path file = folder.resolve("none");

        assertThatExceptionOfType(FencingException.class)
                .isThrownBy(() -> new PasswordFile(file).read())
                .withMessage("password file " + file + ": there is no such file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r--r--", "rw----r--", "rw--w----", "rwx------", "rw-rw-rw-"})
    void fileThatIsOpenToOthersIsRefused(String permissions) throws IOException {
        Path file = write("s3cret");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));

        assertThatExceptionOfType(FencingException.class)
                .isThrownBy(() -> new PasswordFile(file).read())
                .withMessage("password file " + file + ": its permissions are " + permissions
                        + " (expected: rw------- or r--------)");
    }

    @Test
    void fileThatOnlyItsOwnerCanReadIsUsed() throws IOException {
        Path file = write("s3cret");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));

        assertThat(new PasswordFile(file).read().reveal()).isEqualTo("s3cret");
    }

    @Test
    void folderIsNotAPasswordFile() {
        assertThatExceptionOfType(FencingException.class)
                .isThrownBy(() -> new PasswordFile(folder).read())
                .withMessageContaining("is not a file");
    }

    @Test
    void passwordHasNoTextForm() throws IOException {
        Secret secret = new PasswordFile(write("s3cret"), ANY).read();

        assertThat(secret.toString()).isEqualTo("(secret)");
        assertThat(secret.hideIn("login with s3cret failed")).isEqualTo("login with (secret) failed");
    }

    private Path write(String content) throws IOException {
        return Files.writeString(folder.resolve("password"), content);
    }
}
