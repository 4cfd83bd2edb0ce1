# The guest that Drover's demonstration and tests run: one boot sector, no operating system.
#
# It enters 32-bit protected mode and then, at each tick of the timer,
#   - writes to a number of pages, going round within its working set (from 1 MiB upwards),
#   - prints "CCCCCCCC SS" on the first serial port: its tick counter (hexadecimal) and the second of the minute by the
#     host's clock, as the real-time clock shows it. The timer stands still while the guest does, the clock does not:
#     the ticks that a second lacks are the time for which the guest did not run.
#   - and at each 16th tick writes the counter to its first disk, if it has one: counter n (binary, little endian) at
#     the start of sector (n / 16) mod the number of sectors that it may use.
# Its first line is "BOOT". Between ticks it halts, so that it costs the host next to nothing.
#
# Nothing is set at assembly. The parameters stand at fixed offsets at the end of the sector, where GuestImage.java
# changes them; the values below are what an unchanged image does.

        .set    WORK, 0x100000                  # the working set begins here
        .set    RECORD, 0x8000                  # the sector that goes to the disk is made here
        .set    COM1, 0x3f8
        .set    ATA, 0x1f0

        .globl  _start
        .code16
_start: cli
        cld
        xorw    %ax, %ax
        movw    %ax, %ds
        inb     $0x92, %al                      # open the address line 20
        orb     $2, %al
        outb    %al, $0x92
        lgdt    gdt                             # the null descriptor's place holds the pointer
        lidt    idtr
        movl    %cr0, %eax
        orb     $1, %al
        movl    %eax, %cr0
        ljmp    $8, $main

        .code32
main:   movb    $16, %al
        movzbl  %al, %eax
        movw    %ax, %ds
        movw    %ax, %es
        movw    %ax, %ss
        movl    $RECORD + 0x1000, %esp          # all that is written often lies in one page: see tick

        movb    $0xfe, %al                      # the timer is the only interrupt
        outb    %al, $0x21
        movb    $0xff, %al
        outb    %al, $0xa1
        movb    $0x34, %al                      # timer 0: rate generator, low byte, then high byte
        outb    %al, $0x43
        movw    divisor, %ax
        outb    %al, $0x40
        movb    %ah, %al
        outb    %al, $0x40

        movw    $COM1 + 1, %dx                  # no serial interrupts
        xorl    %eax, %eax
        outb    %al, %dx
        addb    $2, %dl                         # 8 data bits, no parity, 1 stop bit
        movb    $3, %al
        outb    %al, %dx
        movw    $ATA + 0x206, %dx               # no disk interrupts
        movb    $2, %al
        outb    %al, %dx

        movl    $banner, %esi
        movl    $5, %ecx
1:      lodsb
        call    put
        loop    1b

        xorl    %ebx, %ebx                      # where in the working set
        xorl    %ebp, %ebp                      # ticks that were worked on
        movl    %ebp, ticks
        testb   $1, flags
        jz      idle
        movl    workset, %ecx                   # pages that hold only zeros would be sent for nothing
        shrl    $12, %ecx
        call    dirty

idle:   cli
        cmpl    %ebp, ticks
        jne     work
        sti
        hlt
        jmp     idle

work:   sti
        incl    %ebp
        movl    pages, %ecx
        jecxz   1f
        call    dirty
1:      movl    %ebp, %eax
        movb    $8, %cl
        call    hex
        movb    $' ', %al
        call    put
        xorl    %eax, %eax                      # clock register 0: seconds, two decimal digits
        outb    %al, $0x70
        inb     $0x71, %al
        rorl    $8, %eax
        movb    $2, %cl
        call    hex
        movb    $'\n', %al
        call    put

        movl    %ebp, %eax
        testb   $15, %al
        jnz     idle
        movl    sectors, %ecx
        jecxz   idle
        movl    %eax, RECORD
        shrl    $4, %eax
        xorl    %edx, %edx
        divl    %ecx
        movl    %edx, %ecx                      # the sector to write
        movw    $ATA + 6, %dx                   # first drive, by block number
        movb    $0xe0, %al
        outb    %al, %dx
        incl    %edx
        inb     %dx, %al
        incb    %al                             # neither 0 (no drive) nor 0xff (no controller)
        cmpb    $2, %al
        jb      idle
        call    settle
        movb    $ATA + 2 - 0x100, %dl           # how many, and the block's number
        movb    $1, %al
        outb    %al, %dx
        incl    %edx
        movb    %cl, %al
        outb    %al, %dx
        incl    %edx
        movb    %ch, %al
        outb    %al, %dx
        incl    %edx
        xorl    %eax, %eax
        outb    %al, %dx
        movb    $ATA + 7 - 0x100, %dl           # write
        movb    $0x30, %al
        outb    %al, %dx
        call    settle
        testb   $8, %al                         # it does not want the data: no such sector
        jz      idle
        movb    $ATA - 0x100, %dl
        movl    $RECORD, %esi
        movl    $256, %ecx
        rep outsw
        jmp     idle

# Waits until the drive is not busy; its status is left in al. dx: its status port.
settle: inb     %dx, %al
        testb   $0x80, %al
        jnz     settle
        ret

# Writes to the next ecx pages (at least 1). Changes ebx, ecx.
dirty:  invlpg  WORK(%ebx)                      # see tick
        incl    WORK(%ebx)
        addl    $4096, %ebx
        cmpl    workset, %ebx
        jb      1f
        xorl    %ebx, %ebx
1:      loop    dirty
        ret

# Prints the cl highest digits of eax. Changes eax, ecx, edx, edi.
hex:    movzbl  %cl, %ecx
1:      roll    $4, %eax
        movl    %eax, %edi
        andb    $15, %al
        cmpb    $10, %al                        # to '0'..'9', 'a'..'f'
        jb      2f
        addb    $'a' - '0' - 10, %al
2:      addb    $'0', %al
        call    put
        movl    %edi, %eax
        loop    1b
        ret

# Prints al. Changes eax, edx.
put:    movb    %al, %ah
        movw    $COM1 + 5, %dx
1:      inb     %dx, %al
        testb   $0x20, %al
        jz      1b
        movb    %ah, %al
        movw    $COM1, %dx
        outb    %al, %dx
        ret

# QEMU before 9.0, where it translates instead of using the processor, does not notice a write to a page that it has
# cleared of its mark "dirty" since it translated the page's address: it forgets to drop its translations. A migration of
# several passes then loses the write. (A system with paging is spared most of it, for it drops them all the time.)
tick:   pushl   %eax
        invlpg  ticks
        incl    ticks
        movb    $0x20, %al
        outb    %al, $0x20
        popl    %eax
        iretl

banner: .ascii  "BOOT\n"

        .p2align 3
gdt:    .word   23                              # 0: the pointer to this table
        .long   gdt
        .word   0
        .quad   0x00cf9a000000ffff              # 8: code, all of the memory
        .quad   0x00cf92000000ffff              # 16: data, likewise
gate:   .word   tick, 8, 0x8e00, 0              # interrupt 8: the timer, where the firmware has left it
idtr:   .word   8 * 9 - 1
        .long   gate - 8 * 8
        .set    ticks, 0x8200

        .org    0x1e4
        .ascii  "DRVG"                          # 0x1e4: by which this image is known
pages:  .long   16                              # 0x1e8: pages written to at each tick
workset: .long  0x1000000                       # 0x1ec: bytes of the working set, a multiple of 4096
sectors: .long  2048                            # 0x1f0: sectors of the disk to write round in; 0: no disk; at most 65536
divisor: .word  11932                           # 0x1f4: of the timer's 1193182 Hz
flags:  .word   1                               # 0x1f6: bit 0: write to all of the working set at the start
        .org    0x1fe
        .word   0xaa55
