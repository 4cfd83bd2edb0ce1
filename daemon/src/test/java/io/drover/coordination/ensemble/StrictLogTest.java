package io.drover.coordination.ensemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.server.DataTree;
import org.apache.zookeeper.server.Request;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;
import org.apache.zookeeper.txn.CreateTxn;
import org.apache.zookeeper.txn.TxnHeader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StrictLogTest {
    private final List<IOException> reported = new ArrayList<>();

    @TempDir
    private Path directory;

    private StrictLog log;
    private File folder;

    @BeforeEach
    void open() throws IOException {
        FileTxnSnapLog plain = new FileTxnSnapLog(directory.toFile(), directory.toFile());
        folder = plain.getDataLogDir();
        log = new StrictLog(plain.getDataLogDir(), plain.getSnapDir(), reported::add);
    }

    @Test
    void itWritesWhereThePlainLogWould() throws IOException {
        log.append(request(1));
        log.commit();

        assertThat(log.getDataLogDir()).isEqualTo(folder);
        assertThat(folder.list()).contains("log.1");
        assertThat(reported).isEmpty();
    }

    @Test
    void aLogThatCannotBeWrittenIsReported() throws IOException {
        Files.delete(folder.toPath());

        assertThatThrownBy(() -> log.append(request(1))).isInstanceOf(IOException.class);

        assertThat(reported).hasSize(1);
    }

    @Test
    void aSnapshotThatCannotBeWrittenIsReported() throws IOException {
        Files.delete(folder.toPath());

        assertThatThrownBy(() -> log.save(new DataTree(), new ConcurrentHashMap<>(), true))
                .isInstanceOf(IOException.class);

        assertThat(reported).hasSize(1);
    }

    private static Request request(long zxid) {
        TxnHeader header = new TxnHeader(1, 1, zxid, 1, ZooDefs.OpCode.create);
        return new Request(
                1, 1, ZooDefs.OpCode.create, header, new CreateTxn("/a", new byte[0], List.of(), false, 1), zxid);
    }
}
