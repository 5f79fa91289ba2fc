/** What each output says. Outputs with an oracle are compared in test/conformance as well. */
import { describe, expect, it, test } from 'vitest';
import { hostFacts } from '../../../../engine/formats/host-facts/host-facts.ts';
import { fixture, items, itemsOf, read } from './facts.ts';

const one = (content: string | Uint8Array) => {
  const found = items(content);
  expect(found).toHaveLength(1);
  return found[0]!;
};

describe('versions', () => {
  it('uname names the system; when the kernel was built is not when it was printed', () => {
    const { system, fields } = one(
      'Linux db-7 5.15.0-91-generic #101-Ubuntu SMP Tue Nov 14 13:30:08 UTC 2023 x86_64 x86_64 x86_64 GNU/Linux\n',
    );
    expect(system).toBe('db-7');
    expect(fields).toMatchObject({
      kernel_release: '5.15.0-91-generic',
      kernel_version: '#101-Ubuntu SMP Tue Nov 14 13:30:08 UTC 2023',
      machine: 'x86_64',
      operating_system: 'GNU/Linux',
    });
    const undated = read(fixture('host-facts/gen-uname-a.txt'), { takenAt: undefined });
    expect(undated.problem?.code).toBe('bad_request');
    expect(undated.problem?.remedy).toContain('--taken-at');
    const partly = read('root:x:0:0:root:/root:/bin/sh\nbin:x:1:1::/:/bin/sh\nbroken:x\n', { takenAt: undefined });
    expect(partly.problem?.code).toBe('bad_request');
  });

  it('os-release, redhat-release, openssl', () => {
    expect(one(fixture('host-facts/gen-os-release.txt')).fields).toMatchObject({ ID: 'debian', VERSION_ID: '12' });
    expect(one('CentOS Linux release 7.6.1810 (Core)\n').fields['PRETTY_NAME']).toBe(
      'CentOS Linux release 7.6.1810 (Core)',
    );
    expect(one(fixture('host-facts/gen-openssl-version-a.txt')).fields).toMatchObject({
      product: 'OpenSSL',
      version: '3.0.19',
      released: '27 Jan 2026',
      OPENSSLDIR: '/usr/lib/ssl',
    });
    expect(one('OpenSSL 1.0.2k-fips  26 Jan 2017\n'.replace('  ', ' ')).fields['version']).toBe('1.0.2k-fips');
  });
});

describe('mandatory access control', () => {
  it('SELinux as it is, and as it is to be', () => {
    const status = one(fixture('selinux/insights-sestatus-SESTATUS_PERMISSIVE.txt'));
    expect(status.fields).toMatchObject({ kind: 'selinux', mode: 'permissive', config_mode: 'permissive' });
    expect(one('SELinux status:                 disabled\n').fields['mode']).toBe('disabled');
    expect(one(fixture('selinux/insights-selinux_config-SELINUX_CONFIG.txt')).fields).toMatchObject({
      kind: 'selinux',
      config_mode: 'enforcing',
    });
  });

  const STATUS = `apparmor module is loaded.
3 profiles are loaded.
2 profiles are in enforce mode.
   /usr/sbin/ntpd
   man_filter
1 profiles are in complain mode.
   /usr/sbin/dnsmasq
0 profiles are in kill mode.
1 processes have profiles defined.
1 processes are in enforce mode.
   /usr/sbin/ntpd (812)
0 processes are unconfined but have a profile defined.
`;

  it('AppArmor, as text and as JSON', () => {
    expect(one(STATUS).fields).toMatchObject({
      kind: 'apparmor',
      mode: 'enforce',
      '2 profiles are in enforce mode': ['/usr/sbin/ntpd', 'man_filter'],
    });
    const json = '{"version": "1", "profiles": {"a": "complain"}, "processes": {}}';
    expect(one(json).fields).toMatchObject({ mode: 'complain' });
    expect(one('apparmor module is loaded.\n0 profiles are loaded.\n').fields['mode']).toBe('none');
    expect(one('apparmor not present.\n').fields['mode']).toBe('disabled');
  });

  it('a list that is shorter than its count is cut off, and is not taken', () => {
    const collected = read(STATUS.slice(0, STATUS.indexOf('   man_filter')));
    expect(collected.problem?.message).toContain('lists 1: it is cut off');
  });

  it('without the right to read it nothing is said of AppArmor', () => {
    const collected = read('apparmor module is loaded.\nYou do not have enough privilege to read the profile set.\n');
    expect(collected.rows('config_items')).toEqual([]);
    expect(collected.problem?.code).toBe('damaged_file');
  });

  it('users of SELinux', () => {
    const text = `
                Labeling   MLS/       MLS/
SELinux User    Prefix     MCS Level  MCS Range                      SELinux Roles

guest_u         user       s0         s0                             guest_r
root            user       s0         s0-s0:c0.c1023                 staff_r sysadm_r system_r unconfined_r
`;
    expect(items(text).map(({ fields }) => fields['roles'])).toEqual([
      ['guest_r'],
      ['staff_r', 'sysadm_r', 'system_r', 'unconfined_r'],
    ]);
  });
});

describe('audit', () => {
  it('rules of a file and rules that are loaded are told apart', () => {
    const loaded = items(fixture('auditd-rules/gen-auditctl-l.txt'));
    const inFile = items(fixture('auditd-rules/golibaudit-30-stig.rules'));
    expect(loaded.every(({ fields }) => fields['loaded'] === true)).toBe(true);
    expect(inFile.every(({ fields }) => fields['loaded'] === false)).toBe(true);
    expect(items('-w /etc/passwd -p wa -k identity\n')[0]?.fields['loaded']).toBeUndefined();
  });

  it('an empty rule set is a row, not silence', () => {
    expect(one('No rules\n').fields).toMatchObject({ kind: 'none', loaded: true });
  });

  it('lists, actions, system calls, keys, controls', () => {
    const [exclude, control, old] = [
      one('-a exclude,always -F msgtype=CWD\n'),
      one('-e 2\n'),
      one('LIST_RULES: exit,always watch=/etc/localtime perm=wa key=time-change\n'),
    ];
    expect(exclude.fields).toMatchObject({ list: 'exclude', action: 'always', conditions: ['msgtype=CWD'] });
    expect(control.fields).toMatchObject({ kind: 'control', option: '-e', value: '2' });
    expect(old.fields).toMatchObject({
      kind: 'watch',
      path: '/etc/localtime',
      permissions: 'wa',
      keys: ['time-change'],
    });
    expect(one('-a always,exit -F arch=b64 -S open,openat -S creat -F exit=-EPERM -k access\n').fields).toMatchObject({
      syscalls: ['open', 'openat', 'creat'],
      arch: 'b64',
      keys: ['access'],
    });
  });

  it('a rule that was cut off is rejected', () => {
    const collected = read('-w /etc/passwd -p wa -k identity\n-w /etc/shadow -p wa -k\n');
    expect(collected.rejects.map(({ reason }) => reason)).toEqual([
      'The option -k at the end of the rule has no value: it is cut off.',
    ]);
  });

  it('what auditctl -s prints, old and new, and auditd.conf', () => {
    expect(one(fixture('auditd-rules/gen-auditctl-s.txt')).fields).toMatchObject({ enabled: 1, backlog_limit: 64 });
    expect(one(fixture('auditd-rules/insights-auditctl-NORMAL_AUDS_RHEL6.txt')).fields).toMatchObject({ lost: 3 });
    const settings = items(fixture('host-facts/debian-auditd.conf'));
    expect(settings.find(({ fields }) => fields['name'] === 'space_left_action')?.fields['value']).toBe('SYSLOG');
  });
});

describe('encryption', () => {
  it('LUKS1, LUKS2 with a TPM, and the JSON of LUKS2; salts and digests are not kept', () => {
    const files = ['gen-luksDump1.txt', 'gen-luksDump2.txt', 'gen-luks-json.json'];
    const found = files.map((file) => one(fixture(`host-facts/${file}`)));
    expect(found.map(({ fields: { cipher, key_bits, tpm2 } }) => ({ cipher, key_bits, tpm2 }))).toEqual([
      { cipher: 'aes-xts-plain64', key_bits: 512, tpm2: undefined },
      { cipher: 'aes-xts-plain64', key_bits: 512, tpm2: true },
      { cipher: 'aes-xts-plain64', key_bits: 512, tpm2: true },
    ]);
    for (const { fields } of found) expect(JSON.stringify(fields)).not.toMatch(/[sS]alt"|[dD]igest"|blob/);
  });

  it('a dump that was cut off before its tokens is not taken for one without TPM', () => {
    const text = Buffer.from(fixture('host-facts/gen-luksDump2.txt')).toString();
    expect(read(text.slice(0, text.indexOf('Tokens:'))).problem?.message).toContain('cut off');
  });

  it('cryptsetup status', () => {
    const text = `/dev/mapper/luks-data is active and is in use.
  type:    LUKS2
  cipher:  aes-xts-plain64
  keysize: 512 bits
  key location: keyring
  device:  /dev/sdb1
  sector size:  512
  offset:  32768 sectors
  size:    209682432 sectors
  mode:    read/write
`;
    expect(one(text).fields).toMatchObject({
      name: 'luks-data',
      encrypted: true,
      cipher: 'aes-xts-plain64',
      key_bits: 512,
    });
    expect(one('/dev/mapper/none is inactive.\n').fields).toMatchObject({ active: false });
  });

  const LSBLK = JSON.stringify({
    blockdevices: [
      {
        name: 'sda',
        type: 'disk',
        fstype: null,
        mountpoints: [null],
        children: [
          { name: 'sda1', type: 'part', fstype: 'ext4', mountpoints: ['/boot'] },
          {
            name: 'sda2',
            type: 'part',
            fstype: 'crypto_LUKS',
            mountpoints: [null],
            children: [
              {
                name: 'luks-1',
                type: 'crypt',
                fstype: 'LVM2_member',
                mountpoints: [null],
                children: [{ name: 'vg-root', type: 'lvm', fstype: 'xfs', mountpoints: ['/', '/var/log'] }],
              },
            ],
          },
        ],
      },
      { name: 'sdb', type: 'disk', mountpoint: null },
    ],
  });

  it('lsblk: what stands on an open mapping is encrypted; what nothing is known of is not called open', () => {
    const found = items(LSBLK);
    expect(found.map(({ id, fields }) => [id, fields['encrypted'], fields['mounted_at']])).toEqual([
      ['lsblk: sda', undefined, undefined],
      ['lsblk: sda/sda1', false, '/boot'],
      ['lsblk: sda/sda2', true, undefined],
      ['lsblk: sda/sda2/luks-1', true, undefined],
      ['lsblk: sda/sda2/luks-1/vg-root', true, '/, /var/log'],
      ['lsblk: sdb', undefined, undefined],
    ]);
    expect(read(LSBLK).records).toBe(2);
  });

  it('lsblk as a tree and as pairs', () => {
    const tree = `NAME          MAJ:MIN RM  SIZE RO TYPE  MOUNTPOINTS
sda             8:0    0  100G  0 disk
└─sda1          8:1    0  100G  0 part
  └─luks-1    253:0    0  100G  0 crypt
    └─vg-root 253:1    0   50G  0 lvm   /
sdb             8:16   0    1G  0 disk  /data
`;
    expect(items(tree).map(({ fields }) => [fields['name'], fields['encrypted']])).toEqual([
      ['sda', undefined],
      ['sda1', undefined],
      ['luks-1', true],
      ['vg-root', true],
      ['sdb', false],
    ]);
    expect(one('NAME="sda1" FSTYPE="crypto_LUKS" TYPE="part" MOUNTPOINT=""\n').fields['encrypted']).toBe(true);
  });
});

describe('network', () => {
  it('VLAN and VXLAN, as text and as JSON', () => {
    const text = `2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP mode DEFAULT group default qlen 1000
    link/ether 52:54:00:12:34:56 brd ff:ff:ff:ff:ff:ff promiscuity 0 minmtu 68 maxmtu 65535
3: eth0.20@eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default qlen 1000
    link/ether 52:54:00:12:34:56 brd ff:ff:ff:ff:ff:ff promiscuity 0 minmtu 0 maxmtu 65535
    vlan protocol 802.1Q id 20 <REORDER_HDR> addrgenmode eui64
4: vx42: <BROADCAST,MULTICAST> mtu 1450 qdisc noop state DOWN mode DEFAULT group default qlen 1000
    link/ether 0a:ff:ff:00:00:01 brd ff:ff:ff:ff:ff:ff promiscuity 0 minmtu 68 maxmtu 65535
    vxlan id 42 dev eth0 srcport 0 0 dstport 4789 ttl auto ageing 300
`;
    expect(items(text).map(({ fields }) => fields['linkinfo'])).toEqual([
      undefined,
      { info_kind: 'vlan', info_data: { protocol: '802.1Q', id: 20 } },
      { info_kind: 'vxlan', info_data: { id: 42 } },
    ]);
    expect(items(text)[1]?.fields['link']).toBe('eth0');
    expect(items(fixture('host-facts/gen-ip-j-addr.json')).map(({ fields }) => fields['ifname'])).toContain('lo');
  });

  it('ip addr and ip -j addr of one host have the same addresses', () => {
    const addresses = (file: string): unknown =>
      items(fixture(`host-facts/${file}`)).map(({ fields }) =>
        (fields['addr_info'] as Record<string, unknown>[]).map(({ family, local, prefixlen }) => ({
          family,
          local,
          prefixlen,
        })),
      );
    expect(addresses('gen-ip-addr.txt')).toEqual(addresses('gen-ip-j-addr.json'));
  });

  it('ss without the column Netid, with names for ports, with several processes', () => {
    const text = `State    Recv-Q   Send-Q     Local Address:Port     Peer Address:Port   Process
LISTEN   0        511              0.0.0.0:http          0.0.0.0:*       users:(("nginx",pid=9,fd=6),("nginx",pid=8,fd=6))
LISTEN   0        128        127.0.0.53%lo:53            0.0.0.0:*       users:(("systemd-resolve",pid=600,fd=13))
LISTEN   0        128    [fe80::1]%eth0:546                 [::]:*
`;
    const [http, resolver, dhcp] = items(text);
    expect(http?.fields).toMatchObject({
      protocol: 'tcp',
      local_service: 'http',
      process: 'nginx',
      pid: 9,
      pids: [9, 8],
    });
    expect(resolver?.fields).toMatchObject({ local_address: '127.0.0.53', interface: 'lo', local_port: 53 });
    expect(dhcp?.fields).toMatchObject({ local_address: 'fe80::1', interface: 'eth0', local_port: 546 });
    expect(read(text).assumptions.join()).toContain('taken as tcp');
  });

  it('a list of processes that is not closed was cut off', () => {
    const line = 'tcp   LISTEN 0      50         127.0.0.1:443       0.0.0.0:*    users:(("python3",pid=2071';
    expect(read(`${line}2,fd=5))\n${line}\n`).rejects[0]?.reason).toContain('not closed');
  });

  it('an output that lists nothing was looked at all the same', () => {
    const collected = read('State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n');
    expect(collected.rows('config_items')).toEqual([]);
    expect(collected.rows('scans')).toMatchObject([
      { tool: 'host-facts', scope: 'ss', completed: true, targets: ['web-1'] },
    ]);
    expect(collected.rows('scan_targets')).toMatchObject([{ system: 'web-1', state: 'up' }]);
    expect(collected.assumptions).toContain('The output of ss has a heading and lists nothing.');
  });

  it('addresses of /proc/net are in the order of the machine', () => {
    const found = items(fixture('host-facts/gen-proc-tcp6.txt'));
    expect(found.map(({ fields }) => [fields['local_address'], fields['local_port']])).toEqual([
      ['::', 8443],
      ['::1', 25],
    ]);
    const mapped = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0000000000000000FFFF00000100007F:0016 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: B80D0120000000000000000001000000:0016 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2 1 0 100 0 0 10 0
`;
    expect(items(mapped).map(({ fields }) => fields['local_address'])).toEqual(['::ffff:127.0.0.1', '2001:db8::1']);
  });
});

describe('settings', () => {
  it('sshd_config: the first one counts, blocks of Match are apart', () => {
    const text = `# comment
Port 22
Port 2222
PermitRootLogin no
PermitRootLogin yes
PasswordAuthentication no
Match User backup
    PasswordAuthentication yes
`;
    const settings = items(text).map(({ fields: { keyword, value, counts, match } }) => [
      keyword,
      value,
      counts,
      match,
    ]);
    expect(settings).toEqual([
      ['port', '22', true, undefined],
      ['port', '2222', true, undefined],
      ['permitrootlogin', 'no', true, undefined],
      ['permitrootlogin', 'yes', false, undefined],
      ['passwordauthentication', 'no', true, undefined],
      ['match', 'User backup', true, undefined],
      ['passwordauthentication', 'yes', true, 'User backup'],
    ]);
    expect(read(text).assumptions.join()).toContain('Comments say nothing to the system and are no records: 1.');
    expect(items(fixture('host-facts/gen-sshd-T.txt'))[0]?.fields['effective']).toBe(true);
  });

  it('sudoers: numbers of users, continuation, tags', () => {
    const text = `Defaults:deploy !requiretty
#1000 ALL=(root) /bin/ls
%wheel  ALL=(ALL:ALL) ALL
deploy web-1 = (www-data) NOPASSWD: /usr/bin/systemctl restart nginx, \\
    /usr/bin/systemctl reload nginx
Cmnd_Alias EDIT = /usr/bin/vi, /usr/bin/nano
@includedir /etc/sudoers.d
`;
    const found = items(text);
    expect(found.map(({ fields }) => fields['kind'])).toEqual(['defaults', 'rule', 'rule', 'rule', 'alias', 'include']);
    expect(found[2]?.fields).toMatchObject({
      users: '%wheel',
      runas: 'ALL:ALL',
      all_commands: true,
      no_password: false,
    });
    expect(found[3]?.fields).toMatchObject({
      users: 'deploy',
      no_password: true,
      all_commands: false,
      commands: '/usr/bin/systemctl restart nginx, /usr/bin/systemctl reload nginx',
    });
  });

  it('sysctl, mounts, fstab, units, packages', () => {
    expect(items(fixture('host-facts/gen-sysctl-a.txt'))[0]).toMatchObject({ id: 'sysctl: abi.vsyscall32' });
    expect(items('/dev/sda1 on /boot type ext4 (rw,nosuid,nodev)\n')[0]?.fields['options']).toEqual([
      'rw',
      'nosuid',
      'nodev',
    ]);
    expect(items('UUID=1 /mnt/a\\040b xfs defaults,noexec 0 2\n')[0]?.fields['target']).toBe('/mnt/a b');
    expect(items('  auditd.service loaded active running Security Auditing Service\n')[0]?.fields['sub']).toBe(
      'running',
    );
    expect(items('ii  openssl  3.0.19-1~deb12u2  amd64  Secure Sockets Layer toolkit\n')[0]?.fields).toMatchObject({
      name: 'openssl',
      version: '3.0.19-1~deb12u2',
      status: 'installed',
    });
    expect(items('openssl-libs-1.1.1k-12.el8_9.x86_64\n')[0]?.fields).toMatchObject({
      name: 'openssl-libs',
      version: '1.1.1k',
      release: '12.el8_9',
    });
  });
});

describe('accounts', () => {
  it('passwd gives accounts; uid 0 is privileged', () => {
    const collected = read(
      'root:x:0:0:root:/root:/bin/bash\ntoor::0:0::/root:/bin/sh\nana:x:1000:1000:Ana Ruiz,,,:/home/ana:/bin/bash\n',
    );
    expect(collected.rows('accounts')).toMatchObject([
      { account: 'root', privileged: true, system: 'web-1', provider: 'linux' },
      { account: 'toor', privileged: true },
      { account: 'ana', person: 'Ana Ruiz', privileged: false },
    ]);
    expect(itemsOf(collected)[1]?.fields['password']).toBe('none');
  });

  it('no hash of a password is kept, not even of a line that is rejected', () => {
    const hash = '$6$abcdefgh$QWERTYUIOPasdfghjklZXCVBNM0123456789abcdefghijk';
    const lines = [
      `root:${hash}:19000:0:99999:7:::`,
      `ana:!${hash}:19000:0:99999:7:::`,
      'bin:*:19000:0:99999:7:::',
      `cut:${hash}:190`,
    ];
    const collected = read(`${lines.join('\n')}\n`);
    expect(itemsOf(collected).map(({ fields: { password, algorithm } }) => [password, algorithm])).toEqual([
      ['set', 'sha512crypt'],
      ['locked', 'sha512crypt'],
      ['no log-in by password', undefined],
    ]);
    expect(collected.rejects).toHaveLength(1);
    const everything = JSON.stringify([...collected.tables, collected.rejects], (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    expect(everything).not.toContain('QWERTY');
    const inPasswd = read(`root:${hash}:0:0:root:/root:/bin/bash\n`);
    expect(String(inPasswd.rows('config_items')[0]?.['configuration'])).not.toContain('QWERTY');
  });

  it('lastlog', () => {
    const text = `Username         Port     From             Latest
root             pts/0    10.0.0.9         Mon Jan  5 12:00:00 +0100 2026
ana                                        **Never logged in**
`;
    expect(read(text).rows('accounts')).toMatchObject([
      { account: 'root', last_used: 1_767_610_800_000_000n },
      { account: 'ana' },
    ]);
  });

  it('groups', () => {
    expect(one('wheel:x:10:ana,bob\n').fields).toMatchObject({ name: 'wheel', gid: 10, members: ['ana', 'bob'] });
  });
});

describe('JSON of other tools', () => {
  const ANSIBLE = {
    ansible_facts: {
      ansible_nodename: 'app-3',
      ansible_distribution: 'Debian',
      ansible_distribution_version: '12',
      ansible_kernel: '6.1.0-18-amd64',
      ansible_date_time: { iso8601_micro: '2026-02-03T04:05:06.789012Z', tz: 'CET' },
      ansible_interfaces: ['eth0.20'],
      ansible_eth0_20: { device: 'eth0.20', vlanid: 20 },
      ansible_selinux: { status: 'enabled', mode: 'permissive', config_mode: 'enforcing' },
      ansible_mounts: [{ mount: '/', device: '/dev/sda1', fstype: 'ext4' }],
      ansible_devices: { sda: { size: '10 GB', partitions: { sda1: { size: '9 GB' } } } },
      ansible_env: { API_TOKEN: 'do-not-keep' },
    },
    changed: false,
  };

  it('facts of Ansible are dated and named by themselves', () => {
    const collected = read(JSON.stringify(ANSIBLE), { takenAt: undefined, system: undefined });
    const found = itemsOf(collected);
    expect(collected.rows('config_items').every((row) => row['captured'] === 1_770_091_506_789_012n)).toBe(true);
    expect(found.map(({ type, id }) => `${type} ${id}`)).toEqual([
      'host ansible: host',
      'network_interface ansible: eth0.20',
      'block_device ansible: sda',
      'block_device ansible: sda/sda1',
      'mount ansible: /',
      'mandatory_access_control ansible: selinux',
    ]);
    expect(found.every(({ system }) => system === 'app-3')).toBe(true);
    expect(JSON.stringify(found)).not.toContain('do-not-keep');
    expect(collected.assumptions).toEqual([]);
  });

  it('facts that are larger than what is looked at, pretty printed', () => {
    const large = { ansible_facts: { ...ANSIBLE.ansible_facts, ansible_filler: 'x'.repeat(100_000) } };
    const text = JSON.stringify(large, undefined, 4);
    expect(hostFacts.recognise(Buffer.from(text).subarray(0, 65_536)).confidence).toBeGreaterThan(0.9);
    expect(read(text).records).toBe(1);
  });

  it('facts without their time are refused, or dated as given', () => {
    const undated = { ansible_facts: { ...ANSIBLE.ansible_facts, ansible_date_time: undefined } };
    expect(read(JSON.stringify(undated), { takenAt: undefined }).problem?.remedy).toContain('--taken-at');
    expect(read(JSON.stringify(undated)).assumptions.join()).toContain('dated 2026-03-01T10:00:00Z');
  });

  test('osquery', () => {
    const line = {
      name: 'pack_incident_listening_ports',
      hostIdentifier: 'mac-1',
      unixTime: 1770000000,
      columns: { port: '22', address: '0.0.0.0' },
      action: 'added',
    };
    const collected = read(`${JSON.stringify(line)}\n`, { takenAt: undefined });
    expect(itemsOf(collected)).toMatchObject([
      { type: 'socket', system: 'mac-1', fields: { port: '22', action: 'added' } },
    ]);
  });

  test('docker inspect', () => {
    const image = [
      { Id: `sha256:${'a'.repeat(64)}`, RepoTags: ['nginx:1.25'], RepoDigests: [], Config: { Env: ['TOKEN=secret'] } },
    ];
    const [found] = items(JSON.stringify(image));
    expect(found).toMatchObject({
      type: 'container_image',
      fields: { RepoTags: ['nginx:1.25'], Config: { EnvNames: ['TOKEN'] } },
    });
    expect(JSON.stringify(found)).not.toContain('secret');
  });
});
