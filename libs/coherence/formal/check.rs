// Explicit-state checker of the coherence protocol (no dependencies). Use: see README.md.
// Discrete time, all orders of: appends landing (any time after they were sent, or never), log reading by each process,
// heartbeats (received late or again), lease and timer expiry, store attempts landing late, fills, joins, L2 returning any entry ever stored.
use std::collections::HashSet;
// Rules that are obeyed unless `off=` names them: shared flights (4), the leases of a PREPARE as they were when it was read (8), ABORT with
// nothing unresolved (13), OWNER, skipping what has ended (12), CLEARED of the own PREPARE (11), late PREPAREs (6), PREPARE by a timer (11).
const PRESENT: [&str; 8] = ["join", "snapshot", "abortsafe", "owner", "skip", "ownprepare", "prepold", "timer"];
const NI: usize = 2;
const NC: usize = 2;
const NW: usize = 2;
const HB: usize = 3;
const LW: usize = 12;
const VM: usize = 4;
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
struct Rec {
    t: u8,
    a: u8,
    b: u8,
    c: u8,
    age: u8,
}
const EPOCH: u8 = 1;
const GRANT: u8 = 2;
const PREP: u8 = 3;
const CLEAR: u8 = 4;
const COMMIT: u8 = 5;
const ABORT: u8 = 6;
const OWNER: u8 = 7;
const Z: Rec = Rec {
    t: 0,
    a: 0,
    b: 0,
    c: 0,
    age: 0,
};
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
struct Inst {
    up: u8,
    pos: u8,
    lease: u8,
    epoch: u8,
    own: u8,
    fence: u8,
    blk: u8,
    bw: u8,
    l1: u8,
    l1age: u8,
    fl: u8,
    ffa: u8,
    ffr: u8,
    ftag: u8,
    fval: u8,
    fkill: u8,
    fun: u8,
    fage: u8,
    nh: u8,
    hpos: [u8; HB],
    hage: [u8; HB],
}
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
struct Coord {
    role: u8,
    pos: u8,
    own: u8,
    ready: u8,
    np: u8,
    poff: [u8; 2],
    pv: [u8; 2],
    snap: [[u8; NI]; 2],
    xpos: [u8; NI],
    xseen: [u8; NI],
    xexp: [u8; NI],
    xg: [u8; NI],
    xack: [u8; NI],
    cf: u8,
    cfo: u8,
    cfv: u8,
}
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
struct Work {
    ph: u8,
    pos: u8,
    epoch: u8,
    v: u8,
    pf: u8,
    dl: u8,
    unc: u8,
    seen: u8,
    redel: u8,
    fen: u8,
}
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
struct St {
    n: u8,
    log: [Rec; LW],
    be: u8,
    bf: u8,
    bb: u8,
    bc: u8,
    bo: u8,
    i: [Inst; NI],
    c: [Coord; NC],
    w: [Work; NW],
    att: [u8; VM],
    store: u8,
    acked: u8,
    ret: u8,
    l2: [u8; 16],
    rp: u8,
    rt: u8,
    fail: u8,
    boot: u8,
    drift: u8,
    lost: u8,
}
#[derive(Clone)]
struct Cfg {
    nv: u8,
    nh: u8,
    t: u8,
    eps: u8,
    coords: u8,
    workers: u8,
    rp: u8,
    rt: u8,
    fail: u8,
    boot: u8,
    drift: u8,
    lost: u8,
    lag: u8,
    join: bool,
    win: u8,
    ttl: u8,
    dl: u8,
    prompt: bool,
    wcap: u8,
    live: bool,
    cond: bool,
    l2on: bool,
    lagw: bool,
    split: bool,
    ni: usize,
    max: usize,
    off: HashSet<String>,
    fix: HashSet<String>,
    o_lease: bool,
    o_send: bool,
    o_blockcheck: bool,
    o_tag: bool,
    o_kill: bool,
    o_replay: bool,
    o_wait: bool,
    o_pos: bool,
    o_with: bool,
    o_stop: bool,
    o_eg: bool,
    o_ec: bool,
    o_clr: bool,
    o_dead: bool,
    o_att: bool,
    o_nonce: bool,
    o_reprep: bool,
    o_fillun: bool,
    o_finlease: bool,
    o_boolblk: bool,
    o_drop: bool,
    f_snap: bool,
    f_join: bool,
    f_abfence: bool,
    f_absafe: bool,
    f_owner: bool,
    f_skip: bool,
    f_prepold: bool,
    f_timer: bool,
    f_hold: bool,
    f_maxepoch: bool,
    f_coordskip: bool,
    f_abmatch: bool,
    f_ownprep: bool,
    o_em: bool,
    zdead: bool,
}
impl Cfg {
    fn flags(&mut self) {
        let o = |s: &str| self.off.contains(s);
        let f = |s: &str| self.fix.contains(s);
        let (a, b, c, d, e, g, h, i, j, k, l, m, n, p, q, r, s, t, u, v, w) = (
            o("lease"),
            o("send"),
            o("block"),
            o("tag"),
            o("kill"),
            o("replay"),
            o("coordwait"),
            o("pos"),
            o("withhold"),
            o("stop"),
            o("epochgrant"),
            o("epochcleared"),
            o("cleared"),
            o("deadline"),
            o("attempt"),
            o("nonce"),
            o("reprep"),
            o("fillunleased"),
            o("finlease"),
            o("fenceblock"),
            o("dropl1"),
        );
        let fx = (
            f("snapshot"),
            f("join"),
            f("abortfence"),
            f("abortsafe"),
            f("owner"),
            f("skip"),
            f("prepold"),
            f("timer"),
            f("hold"),
            f("maxepoch"),
            f("coordskip"),
        );
        self.f_abmatch = f("abortmatch");
        self.f_ownprep = f("ownprepare");
        self.o_em = self.off.contains("epochmemory");
        self.o_lease = a;
        self.o_send = b;
        self.o_blockcheck = c;
        self.o_tag = d;
        self.o_kill = e;
        self.o_replay = g;
        self.o_wait = h;
        self.o_pos = i;
        self.o_with = j;
        self.o_stop = k;
        self.o_eg = l;
        self.o_ec = m;
        self.o_clr = n;
        self.o_dead = p;
        self.o_att = q;
        self.o_nonce = r;
        self.o_reprep = s;
        self.o_fillun = t;
        self.o_finlease = u;
        self.o_boolblk = v;
        self.o_drop = w;
        self.f_snap = fx.0;
        self.f_join = fx.1;
        self.f_abfence = fx.2;
        self.f_absafe = fx.3;
        self.f_owner = fx.4;
        self.f_skip = fx.5;
        self.f_prepold = fx.6;
        self.f_timer = fx.7;
        self.f_hold = fx.8;
        self.f_maxepoch = fx.9;
        self.f_coordskip = fx.10;
    }
}
fn ent(tag: u8, val: u8) -> u8 {
    1 + tag * 4 + val
}
fn init(g: &Cfg) -> St {
    let i0 = Inst {
        up: 1,
        pos: 0,
        lease: 0,
        epoch: 0,
        own: 0,
        fence: 0,
        blk: 0,
        bw: 0,
        l1: 0,
        l1age: 0,
        fl: 0,
        ffa: 0,
        ffr: 0,
        ftag: 0,
        fval: 0,
        fkill: 0,
        fun: 0,
        fage: 0,
        nh: 0,
        hpos: [0; HB],
        hage: [0; HB],
    };
    let c0 = Coord {
        role: 0,
        pos: 0,
        own: 0,
        ready: 0,
        np: 0,
        poff: [0; 2],
        pv: [0; 2],
        snap: [[0; NI]; 2],
        xpos: [0; NI],
        xseen: [0; NI],
        xexp: [0; NI],
        xg: [0; NI],
        xack: [0; NI],
        cf: 0,
        cfo: 0,
        cfv: 0,
    };
    let w0 = Work {
        ph: 8,
        pos: 0,
        epoch: 0,
        v: 0,
        pf: 0,
        dl: 0,
        unc: 0,
        seen: 0,
        redel: 0,
        fen: 0,
    };
    let mut s = St {
        n: 0,
        log: [Z; LW],
        be: 0,
        bf: 0,
        bb: 0,
        bc: 0,
        bo: 0,
        i: [i0; NI],
        c: [c0; NC],
        w: [w0; NW],
        att: [0; VM],
        store: 0,
        acked: 0,
        ret: 0,
        l2: [0; 16],
        rp: g.rp,
        rt: g.rt,
        fail: g.fail,
        boot: g.boot,
        drift: g.drift,
        lost: g.lost,
    };
    // coordinator 0 is in office, its EPOCH read by all; nobody holds a lease
    s.c[0].role = 2;
    s.be = 1;
    for i in 0..NI {
        s.i[i].epoch = 1;
        s.i[i].own = 0;
        if i >= g.ni {
            s.i[i].up = 0
        }
    }
    s.w[0].ph = 0;
    s.w[0].v = 1;
    s.w[0].epoch = 1;
    s
}
fn push(s: &mut St, r: Rec) -> bool {
    if s.n as usize >= LW {
        return false;
    }
    s.log[s.n as usize] = r;
    s.n += 1;
    true
}
fn kill(s: &mut Inst, g: &Cfg) {
    if s.fl > 0 && !g.o_kill {
        s.fkill = 1
    }
}
fn fold(i: &mut Inst, r: Rec, me: u8, g: &Cfg) {
    match r.t {
        EPOCH => i.epoch = r.a + 1,
        GRANT => {
            if (g.f_maxepoch || i.epoch == 0) && r.a + 1 > i.epoch {
                i.epoch = r.a + 1
            }
            if (r.a + 1 == i.epoch || g.o_eg) && r.b == me {
                let j = r.c as usize;
                if (j as u8) < i.nh {
                    let l = if g.o_send { g.t } else { g.t.saturating_sub(i.hage[j]) };
                    if l > i.lease {
                        i.lease = l
                    }
                }
            }
        }
        OWNER => i.own = r.a,
        PREP => {
            if g.f_owner && r.a < i.own {
                return;
            }
            if g.f_prepold && r.b <= i.fence {
                return;
            }
            if !g.o_blockcheck {
                if r.a == 0 {
                    i.blk = i.blk.max(r.b)
                } else {
                    i.bw = i.bw.max(r.b)
                }
            }
            kill(i, g);
            if !g.o_drop {
                i.l1 = 0;
                i.l1age = 0
            }
        }
        COMMIT => {
            if g.f_owner && r.a < i.own {
                return;
            }
            if r.b > i.fence {
                i.fence = r.b
            }
            if i.blk <= r.b || g.o_boolblk {
                i.blk = 0
            }
            if i.bw <= r.b || g.o_boolblk {
                i.bw = 0
            }
            if i.l1 > 0 && (i.l1 - 1) / 4 < r.b && !g.o_drop {
                i.l1 = 0;
                i.l1age = 0
            }
            kill(i, g)
        }
        ABORT => {
            if g.f_owner && r.a < i.own {
                return;
            }
            if g.f_abfence && r.b > i.fence {
                i.fence = r.b
            }
            if (i.blk <= r.b || g.o_boolblk) && !(g.f_abmatch && r.a == 1) {
                i.blk = 0
            }
            if (i.bw <= r.b || g.o_boolblk) && !(g.f_abmatch && r.a == 0) {
                i.bw = 0
            }
            kill(i, g)
        }
        _ => {}
    }
}
fn norm(s: &mut St, g: &Cfg) {
    if !g.lagw {
        for k in 0..NW {
            while s.w[k].ph != 8 && s.w[k].pos < s.n {
                rdwork(s, k, g)
            }
            if s.w[k].ph == 5 {
                s.w[k].ph = 6
            }
            if s.w[k].ph == 0 && s.w[k].pf == 0 {
                s.w[k].ph = if g.o_clr { 3 } else { 2 };
                s.w[k].pf = s.w[k].v
            }
        }
    } // skip records that mean nothing to a reader; drop the prefix everyone has read
    for k in 0..NI {
        let i = &mut s.i[k];
        if i.up == 1 {
            while i.pos < s.n {
                let r = s.log[i.pos as usize];
                let irr = match r.t {
                    CLEAR => true,
                    GRANT => r.b != k as u8 && !g.f_maxepoch,
                    _ => false,
                };
                if irr {
                    i.pos += 1
                } else {
                    break;
                }
            }
        }
        if g.l2on {
            i.l1 = 0;
            i.l1age = 0
        }
        if i.fl == 0 {
            i.ffa = 0;
            i.ffr = 0;
            i.ftag = 0;
            i.fval = 0;
            i.fkill = 0;
            i.fun = 0;
            i.fage = 0
        }
        for j in 0..i.nh as usize {
            if i.hage[j] > g.t {
                i.hage[j] = g.t
            }
        }
    }
    for k in 0..NC {
        let c = &mut s.c[k];
        if c.role == 3 {
            let (cf, cfo, cfv, xg) = (c.cf, c.cfo, c.cfv, c.xg);
            *c = Coord {
                role: 3,
                pos: 0,
                own: 0,
                ready: 0,
                np: 0,
                poff: [0; 2],
                pv: [0; 2],
                snap: [[0; NI]; 2],
                xpos: [0; NI],
                xseen: [0; NI],
                xexp: [0; NI],
                xg: [0; NI],
                xack: [0; NI],
                cf: 0,
                cfo: 0,
                cfv: 0,
            };
            c.cf = cf;
            c.cfo = cfo;
            c.cfv = cfv;
            c.xg = xg
        }
        if c.role == 1 || c.role == 2 {
            while c.pos < s.n {
                let t = s.log[c.pos as usize].t;
                if t == EPOCH || t == PREP || (t == COMMIT && g.f_coordskip) {
                    break;
                }
                c.pos += 1
            }
        }
    }
    for k in 0..NW {
        let w = &mut s.w[k];
        if w.ph == 8 {
            let p = w.pf;
            *w = Work {
                ph: 8,
                pos: 0,
                epoch: 0,
                v: 0,
                pf: p,
                dl: 0,
                unc: 0,
                seen: 0,
                redel: 0,
                fen: 0,
            }
        } else {
            while w.pos < s.n {
                let t = s.log[w.pos as usize].t;
                if t == EPOCH || t == CLEAR || t == OWNER || (t == PREP && g.f_absafe) || (g.f_skip && (t == COMMIT || t == ABORT)) {
                    break;
                }
                w.pos += 1
            }
        }
    }
    let mut m = s.n;
    for i in &s.i {
        if i.up == 1 {
            m = m.min(i.pos)
        }
    }
    for c in &s.c {
        if c.role == 1 || c.role == 2 {
            m = m.min(c.pos);
            for p in 0..c.np as usize {
                m = m.min(c.poff[p])
            }
        }
        if c.cf == 1 && g.win > 0 {
            m = m.min(c.cfo)
        }
    }
    for w in &s.w {
        if w.ph != 8 {
            m = m.min(w.pos)
        }
    }
    if g.win > 0 {
        let mut q = 0;
        while q < m && s.log[q as usize].age > g.wcap {
            q += 1
        }
        m = q
    }
    if m > 0 {
        for k in 0..m as usize {
            let r = s.log[k];
            match r.t {
                EPOCH => s.be = r.a + 1,
                OWNER => s.bo = r.a,
                PREP => {
                    if !(g.f_owner && r.a < s.bo) && !(g.f_prepold && r.b <= s.bf) {
                        if r.a == 0 {
                            s.bb = s.bb.max(r.b)
                        } else {
                            s.bc = s.bc.max(r.b)
                        }
                    }
                }
                COMMIT => {
                    if !(g.f_owner && r.a < s.bo) {
                        s.bf = s.bf.max(r.b);
                        if s.bb <= r.b || g.o_boolblk {
                            s.bb = 0
                        }
                        if s.bc <= r.b || g.o_boolblk {
                            s.bc = 0
                        }
                    }
                }
                ABORT => {
                    if !(g.f_owner && r.a < s.bo) {
                        if g.f_abfence {
                            s.bf = s.bf.max(r.b)
                        }
                        if (s.bb <= r.b || g.o_boolblk) && !(g.f_abmatch && r.a == 1) {
                            s.bb = 0
                        }
                        if (s.bc <= r.b || g.o_boolblk) && !(g.f_abmatch && r.a == 0) {
                            s.bc = 0
                        }
                    }
                }
                _ => {}
            }
        }
        if g.win > 0 {
            s.bf = 0;
            s.bb = 0;
            s.bc = 0
        }
        for k in m as usize..s.n as usize {
            s.log[k - m as usize] = s.log[k]
        }
        for k in (s.n - m) as usize..LW {
            s.log[k] = Z
        }
        s.n -= m;
        for i in s.i.iter_mut() {
            i.pos = i.pos.saturating_sub(m);
            for h in i.hpos.iter_mut() {
                *h = h.saturating_sub(m)
            }
        }
        for c in s.c.iter_mut() {
            c.pos = c.pos.saturating_sub(m);
            for p in 0..c.np as usize {
                c.poff[p] = c.poff[p].saturating_sub(m)
            }
            for x in c.xpos.iter_mut() {
                *x = x.saturating_sub(m)
            }
            c.cfo = c.cfo.saturating_sub(m)
        }
        for w in s.w.iter_mut() {
            w.pos = w.pos.saturating_sub(m)
        }
    }
}
type Out = Vec<(St, String)>;
macro_rules! add{($o:expr,$tr:expr,$g:expr,$s:expr,$($a:tt)*)=>{{let mut z=$s;norm(&mut z,$g);$o.push((z,if $tr{format!($($a)*)}else{String::new()}));}}}
fn leased(i: &Inst, g: &Cfg) -> bool {
    i.lease > 0 || g.o_lease
}
fn behind(c: &Coord, k: usize) -> bool {
    (0..c.np as usize).any(|p| c.xpos[k] <= c.poff[p])
}
fn canclear(c: &Coord, p: usize, g: &Cfg) -> bool {
    (0..NI).all(|k| (c.xpos[k] > c.poff[p] && !g.o_pos) || if g.f_snap { c.snap[p][k] == 0 } else { c.xexp[k] == 0 })
}
fn rdcoord(z: &mut St, k: usize, g: &Cfg) {
    let r = z.log[z.c[k].pos as usize];
    let off = z.c[k].pos;
    let c = &mut z.c[k];
    c.pos += 1;
    if r.t == EPOCH {
        if r.a == k as u8 {
            c.role = 2;
            c.own = 1;
            c.ready = if g.o_wait { 0 } else { g.t + g.eps }
        } else if c.role == 2 && !g.o_stop && (k as u8) < r.a {
            c.role = 3
        }
    }
    let ow = {
        let mut o = z.bo;
        for x in 0..off as usize {
            if z.log[x].t == OWNER {
                o = z.log[x].a
            }
        }
        o
    };
    let c = &mut z.c[k];
    if r.t == PREP && c.role == 2 && (c.np as usize) < 2 && !(g.f_owner && r.a < ow) {
        let p = c.np as usize;
        c.poff[p] = off;
        c.pv[p] = r.b | r.a << 4;
        c.snap[p] = if g.f_snap { c.xexp } else { [0; NI] };
        c.np += 1
    }
}
fn doclear(z: &mut St, k: usize, p: usize) {
    let c = &mut z.c[k];
    c.cf = 1;
    c.cfo = c.poff[p];
    c.cfv = c.pv[p];
    if p == 0 {
        c.poff[0] = c.poff[1];
        c.pv[0] = c.pv[1];
        c.snap[0] = c.snap[1]
    }
    c.np -= 1;
    c.poff[c.np as usize] = 0;
    c.pv[c.np as usize] = 0;
    c.snap[c.np as usize] = [0; NI]
}
fn rdwork(z: &mut St, k: usize, g: &Cfg) {
    let r = z.log[z.w[k].pos as usize];
    let age = |o: u8| z.log[o as usize].age;
    let w0 = z.w[k];
    let a = if r.t == CLEAR { age(r.b) } else { 0 };
    let w = &mut z.w[k];
    w.pos += 1;
    match r.t {
        EPOCH => {
            w.epoch = r.a + 1;
            if w0.ph == 2 && w0.pf == 0 && !g.o_reprep {
                w.pf = w.v
            }
        }
        CLEAR => {
            if (r.a + 1 == w.epoch || g.o_ec) && r.c & 15 == w.v && (!g.f_ownprep || r.c >> 4 == k as u8) && w.ph == 2 {
                w.ph = 3;
                w.dl = a
            }
        }
        OWNER => {
            if r.a == k as u8 && w.ph == 10 {
                w.ph = 0
            }
            if g.f_owner && r.a > k as u8 {
                w.ph = 8
            }
        }
        ABORT => {
            if !g.f_owner || r.a >= k as u8 || w.ph >= 9 {
                w.fen = w.fen.max(r.b)
            }
        }
        PREP => {
            if r.a != k as u8 && r.b == w.v {
                w.redel = 1
            }
        }
        COMMIT => {
            if !g.f_owner || r.a >= k as u8 || w.ph >= 9 {
                w.fen = w.fen.max(r.b)
            }
        }
        _ => {}
    }
}
fn land(z: &mut St, r: Rec) -> bool {
    push(z, r)
}
fn finish(z: &mut St, k: usize, g: &Cfg) {
    let v = z.w[k].v;
    let taken = z.boot & 0x80 != 0;
    let w = &mut z.w[k];
    w.unc = 0;
    w.redel = 0;
    w.dl = 0; // bit 0x80 of boot: worker 1 has taken over
    if v >= g.nv || (k == 0 && taken) {
        w.ph = 8;
    } else {
        w.v += 1;
        w.ph = 0
    }
}
fn acks(s: &mut St, k: usize, v: u8, g: &Cfg) {
    // the gateway answers when it reads COMMIT; earliest = when it lands
    let mut own = s.bo;
    for r in 0..s.n as usize {
        if s.log[r].t == OWNER {
            own = s.log[r].a
        }
    }
    if !(g.f_owner && (k as u8) < own) && v > s.acked {
        s.acked = v
    }
}
fn succ(s: &St, g: &Cfg, tr: bool, o: &mut Out, bad: &mut Option<String>) {
    macro_rules! viol{($k:expr,$($a:tt)*)=>{{if bad.is_none(){*bad=Some(format!("({}) {}",$k,format!($($a)*)))}}}}
    let chk = |val: u8, fa: u8, fr: u8| -> Option<&'static str> {
        if val < fa {
            Some("a: older than an acknowledged write")
        } else if val < fr {
            Some("b: new then old")
        } else {
            None
        }
    };
    // ---- reads that complete in one step
    if let Some(k) = chk(s.store, s.acked, s.ret) {
        viol!(
            k,
            "a read served by the store itself returns {} (acked {}, already seen {})",
            s.store,
            s.acked,
            s.ret
        )
    }
    if s.store > s.ret {
        let mut z = *s;
        z.ret = s.store;
        add!(o, tr, g, z, "some uncached reader reads {} from the store", s.store)
    }
    for k in 0..NI {
        let i = &s.i[k];
        if i.up != 1 {
            continue;
        }
        let ok = leased(i, g) && i.blk == 0 && i.bw == 0;
        if ok && i.l1 > 0 {
            let (tag, val) = ((i.l1 - 1) / 4, (i.l1 - 1) % 4);
            if tag >= i.fence || g.o_tag {
                if let Some(m) = chk(val, s.acked, s.ret) {
                    viol!(
                        m,
                        "instance {} serves {} (tag {}) from L1; acked {}, already seen {}",
                        k,
                        val,
                        tag,
                        s.acked,
                        s.ret
                    )
                }
                if val > s.ret {
                    let mut z = *s;
                    z.ret = val;
                    add!(o, tr, g, z, "inst{k} L1 hit {val}")
                }
            }
        }
        if ok {
            for e in 0..16usize {
                if s.l2[e] > 0 {
                    let (tag, val) = ((e / 4) as u8, (e % 4) as u8);
                    if tag >= i.fence || g.o_tag {
                        if let Some(m) = chk(val, s.acked, s.ret) {
                            viol!(
                                m,
                                "instance {} serves {} (tag {}) from L2; acked {}, already seen {}",
                                k,
                                val,
                                tag,
                                s.acked,
                                s.ret
                            )
                        }
                        if val > s.ret {
                            let mut z = *s;
                            z.ret = z.ret.max(val);
                            z.i[k].l1 = ent(tag, val);
                            z.i[k].l1age = s.l2[e] - 1;
                            add!(o, tr, g, z, "inst{k} L2 hit {val} tag {tag}")
                        }
                    }
                }
            }
        }
        // log
        if i.pos < s.n {
            let mut z = *s;
            let r = z.log[i.pos as usize];
            z.i[k].pos += 1;
            fold(&mut z.i[k], r, k as u8, g);
            add!(o, tr, g, z, "inst{k} reads {}", rec(r))
        }
        if i.nh < g.nh {
            let mut z = *s;
            let j = i.nh as usize;
            z.i[k].hpos[j] = i.pos;
            z.i[k].hage[j] = 0;
            z.i[k].nh += 1;
            add!(o, tr, g, z, "inst{k} sends heartbeat {j} pos {}", i.pos)
        }
        // flight
        if i.fl == 0 && (ok || g.o_fillun || (g.join && !g.f_join)) {
            let mut z = *s;
            let q = &mut z.i[k];
            q.fl = 1;
            if g.join || !g.cond {
                q.ffa = s.acked;
                q.ffr = s.ret
            }
            q.ftag = i.fence;
            if !g.split {
                q.fl = 2;
                q.fval = s.store
            }
            q.fun = if ok { 0 } else { 1 };
            q.fkill = 0;
            q.fage = 0;
            add!(
                o,
                tr,
                g,
                z,
                "inst{k} starts a store read (tag {}, {})",
                i.fence,
                if ok { "leased, unblocked" } else { "unleased or blocked" }
            )
        }
        if i.fl == 1 {
            let mut z = *s;
            z.i[k].fl = 2;
            z.i[k].fval = s.store;
            add!(o, tr, g, z, "inst{k}'s store read takes value {}", s.store)
        }
        if i.fl > 0 && g.join && i.fkill == 0 && (i.ffa != s.acked || i.ffr != s.ret) && (!g.f_join || (i.fun == 0 && ok)) {
            let mut z = *s;
            z.i[k].ffa = s.acked;
            z.i[k].ffr = s.ret;
            add!(o, tr, g, z, "inst{k}: a new read joins the flight")
        }
        if i.fl == 2 {
            let mut z = *s;
            if let Some(m) = chk(i.fval, i.ffa, i.ffr) {
                viol!(
                    m,
                    "instance {} answers a (joined) store read with {}; acked {}, already seen {} when that read began",
                    k,
                    i.fval,
                    i.ffa,
                    i.ffr
                )
            }
            z.ret = z.ret.max(i.fval);
            let q = &mut z.i[k];
            q.fl = 0;
            let put = i.fkill == 0
                && (leased(i, g) || g.o_finlease)
                && i.blk == 0
                && i.bw == 0
                && (i.ftag >= i.fence || g.o_tag)
                && (i.fun == 0 || g.o_fillun);
            if put {
                q.l1 = ent(i.ftag, i.fval);
                q.l1age = i.fage;
                let mut y = z;
                if !g.l2on {
                    add!(o, tr, g, z, "inst{k} answers {} and fills L1 (tag {})", i.fval, i.ftag);
                    continue;
                }
                let e = (i.ftag * 4 + i.fval) as usize;
                if y.l2[e] == 0 || y.l2[e] - 1 > i.fage {
                    y.l2[e] = 1 + i.fage;
                    add!(o, tr, g, y, "inst{k} answers {} and fills the caches (tag {})", i.fval, i.ftag)
                } else {
                    z.i[k].l1 = 0;
                    add!(o, tr, g, z, "inst{k} answers {}", i.fval)
                }
            } else {
                add!(o, tr, g, z, "inst{k} answers {}, stores nothing", i.fval)
            }
        }
    }
    // restart of instance 0
    if s.boot & 0x7f > 0 && s.i[0].up == 1 {
        let mut z = *s;
        z.boot -= 1;
        let old = z.i[0];
        let mut q = old;
        q.lease = 0;
        q.fl = 0;
        q.l1 = 0;
        q.l1age = 0;
        q.fence = s.bf;
        q.blk = s.bb;
        q.bw = s.bc;
        q.epoch = s.be;
        q.own = s.bo;
        q.pos = 0;
        for j in 0..HB {
            q.hage[j] = g.t
        }
        if g.win > 0 {
            let mut p = 0;
            while (p as usize) < s.n as usize && s.log[p as usize].age > g.win {
                p += 1
            }
            q.pos = p;
            q.fence = 0;
            q.blk = 0;
            q.bw = 0;
            let mut e = s.be;
            for r in 0..p as usize {
                if s.log[r].t == EPOCH {
                    e = s.log[r].a + 1
                }
            }
            q.epoch = if g.o_em && p > 0 && e != 0 {
                0
            } else if g.o_em && p == 0 {
                0
            } else {
                e
            }
        }
        if g.o_replay {
            q.pos = s.n;
            q.fence = 0;
            q.blk = 0;
            q.bw = 0;
            let mut e = s.be;
            for r in 0..s.n as usize {
                if s.log[r].t == EPOCH {
                    e = s.log[r].a + 1
                }
            }
            q.epoch = e
        }
        if g.o_nonce {
            q.nh = 0
        }
        z.i[0] = q;
        add!(
            o,
            tr,
            g,
            z,
            "inst0 restarts, replays from offset {} (fence {}, block {})",
            q.pos,
            q.fence,
            q.blk
        )
    }
    // ---- coordinators
    for k in 0..NC {
        let c = &s.c[k];
        if k as u8 >= 1 && c.role == 0 && (k as u8) < g.coords {
            let mut z = *s;
            z.c[k].role = 1;
            z.c[k].pos = s.n;
            z.c[k].own = 0;
            add!(o, tr, g, z, "coord{k} starts: EPOCH sent")
        }
        if c.role == 1 && c.own == 0 {
            let mut z = *s;
            if land(
                &mut z,
                Rec {
                    t: EPOCH,
                    a: k as u8,
                    b: 0,
                    c: 0,
                    age: 0,
                },
            ) {
                z.c[k].own = 1;
                add!(o, tr, g, z, "EPOCH({k}) lands")
            }
        }
        if (c.role == 1 || c.role == 2) && c.pos < s.n {
            let mut z = *s;
            let r = z.log[c.pos as usize];
            if !(r.t == PREP && c.role == 2 && c.np == 2) {
                rdcoord(&mut z, k, g);
                add!(o, tr, g, z, "coord{k} reads {}", rec(r))
            }
        }
        if c.role == 2 {
            for i in 0..NI {
                for j in 0..s.i[i].nh {
                    if j + 1 > c.xseen[i] && (c.xg[i] == 0) {
                        let mut z = *s;
                        let q = &mut z.c[k];
                        q.xpos[i] = q.xpos[i].max(s.i[i].hpos[j as usize]);
                        q.xseen[i] = j + 1;
                        let gr = !behind(q, i) || g.o_with || g.f_snap;
                        if gr && !(behind(&z.c[k], i) && !g.o_with && !g.f_snap) {
                            let mut y = z;
                            let q = &mut y.c[k];
                            q.xg[i] = j + 1;
                            if !g.o_att {
                                q.xexp[i] = g.t + g.eps
                            }
                            add!(o, tr, g, y, "coord{k} reads heartbeat {j} of inst{i}: GRANT sent")
                        } else {
                            add!(o, tr, g, z, "coord{k} reads heartbeat {j} of inst{i}, no grant")
                        }
                    }
                }
            }
            if c.ready == 0 && c.cf == 0 {
                for p in 0..c.np as usize {
                    if canclear(c, p, g) {
                        let mut z = *s;
                        doclear(&mut z, k, p);
                        add!(
                            o,
                            tr,
                            g,
                            z,
                            "coord{k} sends CLEARED for PREPARE({}) of worker{}",
                            c.pv[p] & 15,
                            c.pv[p] >> 4
                        )
                    }
                }
            }
        }
        for i in 0..NI {
            if c.xg[i] > 0 {
                let mut z = *s;
                if land(
                    &mut z,
                    Rec {
                        t: GRANT,
                        a: k as u8,
                        b: i as u8,
                        c: c.xg[i] - 1,
                        age: 0,
                    },
                ) {
                    z.c[k].xg[i] = 0;
                    if g.o_att {
                        z.c[k].xack[i] = 1
                    }
                    add!(o, tr, g, z, "GRANT(epoch {k}, inst{i}, hb {}) lands", c.xg[i] - 1)
                }
            }
            if c.xack[i] == 1 && c.role == 2 {
                let mut z = *s;
                z.c[k].xack[i] = 0;
                z.c[k].xexp[i] = g.t + g.eps;
                add!(o, tr, g, z, "coord{k} learns that its GRANT to inst{i} was written")
            }
        }
        if c.cf == 1 {
            let mut z = *s;
            if land(
                &mut z,
                Rec {
                    t: CLEAR,
                    a: k as u8,
                    b: c.cfo,
                    c: c.cfv,
                    age: 0,
                },
            ) {
                z.c[k].cf = 0;
                z.c[k].cfo = 0;
                z.c[k].cfv = 0;
                add!(o, tr, g, z, "CLEARED(epoch {k}, {}) lands", c.cfv & 15)
            }
            if s.lost > 0 {
                let mut z = *s;
                z.lost -= 1;
                z.c[k].cf = 0;
                z.c[k].cfo = 0;
                z.c[k].cfv = 0;
                add!(o, tr, g, z, "CLEARED of coord{k} is lost")
            }
        }
    }
    // ---- workers
    if g.workers > 1 && s.boot & 0x80 == 0 && s.w[1].ph == 8 {
        let d = s.w[0].v;
        let lo = if s.w[0].ph == 8 { g.nv + 1 } else { d };
        for v in lo.saturating_sub(g.lag).max(1)..=lo.min(g.nv) {
            let mut z = *s;
            z.boot |= 0x80;
            z.w[1] = Work {
                ph: if g.f_owner { 9 } else { 0 },
                pos: 0,
                epoch: s.be,
                v,
                pf: 0,
                dl: 0,
                unc: 0,
                seen: 0,
                redel: if s.bb >= v || s.bc >= v { 1 } else { 0 },
                fen: s.bf,
            };
            add!(o, tr, g, z, "worker1 takes over at write {v}; worker0 may live on")
        }
    }
    for k in 0..NW {
        let w = &s.w[k];
        if w.pf > 0 {
            let mut z = *s;
            if land(
                &mut z,
                Rec {
                    t: PREP,
                    a: k as u8,
                    b: w.pf,
                    c: 0,
                    age: 0,
                },
            ) {
                z.w[k].pf = 0;
                add!(o, tr, g, z, "worker{k}'s PREPARE({}) lands", w.pf)
            }
        }
        if w.ph == 8 {
            continue;
        }
        if w.pos < s.n {
            let mut z = *s;
            let r = z.log[w.pos as usize];
            rdwork(&mut z, k, g);
            add!(o, tr, g, z, "worker{k} reads {}", rec(r))
        }
        let fenced = g.f_skip && w.fen >= w.v;
        match w.ph {
            9 => {
                let mut z = *s;
                if land(
                    &mut z,
                    Rec {
                        t: OWNER,
                        a: k as u8,
                        b: 0,
                        c: 0,
                        age: 0,
                    },
                ) {
                    z.w[k].ph = 10;
                    add!(o, tr, g, z, "OWNER({k}) lands")
                }
            }
            0 => {
                if w.pf == 0 {
                    let mut z = *s;
                    if g.f_skip && w.pos < s.n {
                    } else if fenced {
                        finish(&mut z, k, g);
                        add!(o, tr, g, z, "worker{k} skips write {}, already committed", w.v)
                    } else {
                        z.w[k].ph = if g.o_clr { 3 } else { 2 };
                        z.w[k].pf = w.v;
                        add!(o, tr, g, z, "worker{k} sends PREPARE({})", w.v)
                    }
                }
            }
            2 | 3 => {
                if s.rp > 0 && w.pf == 0 {
                    let mut z = *s;
                    z.rp -= 1;
                    z.w[k].pf = w.v;
                    z.w[k].ph = 2;
                    add!(o, tr, g, z, "worker{k} sends PREPARE({}) again", w.v)
                }
                if w.ph == 3 && !fenced && (g.win == 0 || g.o_dead || w.dl <= g.dl) {
                    let mut z = *s;
                    z.w[k].ph = 4;
                    if z.att[w.v as usize] < 2 {
                        z.att[w.v as usize] += 1;
                        add!(o, tr, g, z, "worker{k} sends write {} to the store", w.v)
                    }
                }
            }
            4 => {
                if s.rt > 0 {
                    let mut z = *s;
                    z.rt -= 1;
                    z.w[k].ph = 3;
                    z.w[k].unc = 1;
                    add!(o, tr, g, z, "worker{k}: store write {} timed out (it may still land)", w.v);
                    if g.off.contains("uncertain") {
                        let mut z = *s;
                        z.rt -= 1;
                        z.w[k].ph = 7;
                        add!(o, tr, g, z, "worker{k}: store write {} timed out; gives up: ABORT sent", w.v)
                    }
                }
            }
            5 => {
                let mut z = *s;
                z.w[k].ph = 6;
                add!(o, tr, g, z, "worker{k} sends COMMIT({})", w.v)
            }
            6 => {
                if w.pf == 0 {
                    let mut z = *s;
                    if land(
                        &mut z,
                        Rec {
                            t: COMMIT,
                            a: k as u8,
                            b: w.v,
                            c: 0,
                            age: 0,
                        },
                    ) {
                        acks(&mut z, k, w.v, g);
                        finish(&mut z, k, g);
                        add!(o, tr, g, z, "COMMIT({}) of worker{k} lands; write {} acknowledged", w.v, w.v)
                    }
                }
            }
            7 => {
                if w.pf == 0 {
                    let mut z = *s;
                    if land(
                        &mut z,
                        Rec {
                            t: ABORT,
                            a: k as u8,
                            b: w.v,
                            c: 0,
                            age: 0,
                        },
                    ) {
                        finish(&mut z, k, g);
                        add!(o, tr, g, z, "ABORT({}) of worker{k} lands", w.v)
                    }
                }
            }
            _ => {}
        }
    }
    // ---- the store
    for v in 1..=g.nv as usize {
        if s.att[v] > 0 {
            let mut b = *s;
            b.att[v] -= 1;
            if g.cond {
                if v as u8 > b.store {
                    b.store = v as u8
                }
            } else {
                b.store = v as u8
            }
            add!(
                o,
                tr,
                g,
                b,
                "write {v} reaches the store, answer lost or nobody waits; store = {}",
                b.store
            );
            for k in 0..NW {
                if s.w[k].ph == 4 && s.w[k].v == v as u8 {
                    let mut z = b;
                    z.w[k].ph = 5;
                    add!(o, tr, g, z, "write {v} reaches the store, worker{k} is told; store = {}", z.store);
                    if s.fail > 0 && s.store < v as u8 {
                        let mut z = *s;
                        z.fail -= 1;
                        z.att[v] -= 1;
                        let may = !g.f_absafe || (s.w[k].unc == 0 && s.w[k].redel == 0 && s.w[k].pos == s.n);
                        if may {
                            z.w[k].ph = 7;
                            add!(o, tr, g, z, "the store refuses write {v} for good; worker{k} sends ABORT")
                        } else {
                            z.w[k].ph = 3;
                            z.w[k].unc = 1;
                            add!(
                                o,
                                tr,
                                g,
                                z,
                                "the store refuses write {v}; worker{k} may not abort (an earlier attempt is unresolved), will retry"
                            )
                        }
                    }
                }
            }
        }
    }
    // ---- time
    let mut z = *s;
    let mut ch = false;
    let pending = s.att.iter().any(|x| *x > 0);
    if !(g.prompt && pending) {
        let tick = |z: &mut St, slow: Option<usize>, ch: &mut bool| {
            for k in 0..NI {
                if Some(k) == slow {
                    continue;
                }
                let i = &mut z.i[k];
                if i.lease > 0 {
                    i.lease -= 1;
                    *ch = true
                }
                for j in 0..i.nh as usize {
                    if i.hage[j] < g.t {
                        i.hage[j] += 1;
                        *ch = true
                    }
                }
            }
            for c in z.c.iter_mut() {
                if c.ready > 0 {
                    c.ready -= 1;
                    *ch = true
                }
                for k in 0..NI {
                    if c.xexp[k] > 0 {
                        c.xexp[k] -= 1;
                        *ch = true
                    }
                    for p in 0..c.np as usize {
                        if c.snap[p][k] > 0 {
                            c.snap[p][k] -= 1;
                            *ch = true
                        }
                    }
                }
            }
            if g.win > 0 {
                for r in 0..z.n as usize {
                    if z.log[r].age <= g.wcap {
                        z.log[r].age += 1;
                        *ch = true
                    }
                }
                for w in z.w.iter_mut() {
                    if w.ph == 3 && w.dl <= g.dl {
                        w.dl += 1;
                        *ch = true
                    }
                }
                for e in z.l2.iter_mut() {
                    if *e > 0 {
                        *e += 1;
                        *ch = true;
                        if *e > g.ttl + 1 {
                            *e = 0
                        }
                    }
                }
                for i in z.i.iter_mut() {
                    if i.l1 > 0 {
                        i.l1age += 1;
                        *ch = true;
                        if i.l1age > g.ttl {
                            i.l1 = 0;
                            i.l1age = 0
                        }
                    }
                    if i.fl > 0 && i.fage <= g.ttl {
                        i.fage += 1;
                        *ch = true
                    }
                }
            }
        };
        let held = g.f_hold && g.win > 0 && {
            let mut last = 99u8;
            for r in 0..s.n as usize {
                if s.log[r].t == PREP {
                    last = s.log[r].age
                }
            }
            let open = s.w.iter().any(|w| (2..=6).contains(&w.ph) && w.pf == 0) || s.att.iter().any(|x| *x > 0);
            open && last >= g.win
        };
        if held {
            if let Some(k) = (0..NW).find(|k| (2..=6).contains(&s.w[*k].ph)) {
                let mut y = *s;
                y.w[k].pf = y.w[k].v;
                add!(o, tr, g, y, "worker{k} repeats PREPARE({}) (hold)", s.w[k].v)
            }
        } else if !(g.f_hold && g.win > 0 && s.w.iter().any(|w| w.pf > 0)) {
            tick(&mut z, None, &mut ch);
            if ch {
                add!(o, tr, g, z, "tick")
            }
            if s.drift > 0 {
                for k in 0..NI {
                    if s.i[k].lease > 0 {
                        let mut z = *s;
                        let mut ch = false;
                        z.drift -= 1;
                        tick(&mut z, Some(k), &mut ch);
                        add!(o, tr, g, z, "tick, inst{k}'s clock stands still")
                    }
                }
            }
        }
    }
}
fn rec(r: Rec) -> String {
    match r.t {
        EPOCH => format!("EPOCH({})", r.a),
        GRANT => format!("GRANT(epoch {}, inst{}, hb {})", r.a, r.b, r.c),
        PREP => format!("PREPARE({})", r.b),
        CLEAR => format!("CLEARED(epoch {}, {} of worker{})", r.a, r.c & 15, r.c >> 4),
        COMMIT => format!("COMMIT({})", r.b),
        ABORT => format!("ABORT({})", r.b),
        OWNER => format!("OWNER({})", r.a),
        _ => "?".into(),
    }
}
// Faults stop: everything in flight lands, everyone reads and acts in turn. Do all writes complete and all blocks end?
fn settle(s0: &St, g: &Cfg, cut: bool) -> Result<(), String> {
    let mut s = *s0;
    if cut {
        s.i[0].up = 2
    }
    if g.zdead && s.boot & 0x80 != 0 {
        let p = s.w[0].pf;
        s.w[0].ph = 8;
        s.w[0].pf = p
    }
    let mut stall = 0;
    for _ in 0..40 {
        for k in 0..NC {
            let c = s.c[k];
            if c.role == 1 && c.own == 0 {
                if land(
                    &mut s,
                    Rec {
                        t: EPOCH,
                        a: k as u8,
                        b: 0,
                        c: 0,
                        age: 0,
                    },
                ) {
                    s.c[k].own = 1
                }
            }
            for i in 0..NI {
                if c.xg[i] > 0
                    && land(
                        &mut s,
                        Rec {
                            t: GRANT,
                            a: k as u8,
                            b: i as u8,
                            c: c.xg[i] - 1,
                            age: 0,
                        },
                    )
                {
                    s.c[k].xg[i] = 0
                }
            }
            if c.cf == 1
                && land(
                    &mut s,
                    Rec {
                        t: CLEAR,
                        a: k as u8,
                        b: c.cfo,
                        c: c.cfv,
                        age: 0,
                    },
                )
            {
                s.c[k].cf = 0;
                s.c[k].cfo = 0;
                s.c[k].cfv = 0
            }
        }
        for k in 0..NW {
            let w = s.w[k];
            if w.pf > 0
                && land(
                    &mut s,
                    Rec {
                        t: PREP,
                        a: k as u8,
                        b: w.pf,
                        c: 0,
                        age: 0,
                    },
                )
            {
                s.w[k].pf = 0
            }
        }
        norm(&mut s, g);
        let rd = |s: &mut St| {
            for k in 0..NI {
                if s.i[k].up == 1 {
                    while s.i[k].pos < s.n {
                        let r = s.log[s.i[k].pos as usize];
                        s.i[k].pos += 1;
                        fold(&mut s.i[k], r, k as u8, g)
                    }
                }
            }
            for k in 0..NC {
                while (s.c[k].role == 1 || s.c[k].role == 2) && s.c[k].pos < s.n {
                    let r = s.log[s.c[k].pos as usize];
                    if r.t == PREP && s.c[k].role == 2 && s.c[k].np == 2 {
                        break;
                    }
                    rdcoord(s, k, g)
                }
            }
            for k in 0..NW {
                while s.w[k].ph != 8 && s.w[k].pos < s.n {
                    rdwork(s, k, g)
                }
            }
            norm(s, g)
        };
        rd(&mut s);
        for k in 0..NC {
            if s.c[k].role == 2 {
                if cut && (!behind(&s.c[k], 0) || g.o_with || g.f_snap) {
                    s.c[k].xexp[0] = g.t + g.eps
                }
                let mut p = 0;
                while p < s.c[k].np as usize {
                    let c = s.c[k];
                    if c.ready == 0 && c.cf == 0 && canclear(&c, p, g) {
                        doclear(&mut s, k, p);
                        if land(
                            &mut s,
                            Rec {
                                t: CLEAR,
                                a: k as u8,
                                b: c.poff[p],
                                c: c.pv[p],
                                age: 0,
                            },
                        ) {
                            s.c[k].cf = 0;
                            s.c[k].cfo = 0;
                            s.c[k].cfv = 0
                        }
                    } else {
                        p += 1
                    }
                }
            }
        }
        norm(&mut s, g);
        rd(&mut s);
        for v in 1..VM {
            while s.att[v] > 0 {
                s.att[v] -= 1;
                if (v as u8) > s.store || !g.cond {
                    s.store = v as u8
                }
            }
        }
        for k in 0..NW {
            let w = s.w[k];
            if w.ph == 8 {
                continue;
            }
            let fenced = g.f_skip && w.fen >= w.v;
            match w.ph {
                9 => {
                    if land(
                        &mut s,
                        Rec {
                            t: OWNER,
                            a: k as u8,
                            b: 0,
                            c: 0,
                            age: 0,
                        },
                    ) {
                        s.w[k].ph = 10
                    }
                }
                0 => {
                    if fenced {
                        finish(&mut s, k, g)
                    } else {
                        s.w[k].ph = if g.o_clr { 3 } else { 2 };
                        if land(
                            &mut s,
                            Rec {
                                t: PREP,
                                a: k as u8,
                                b: w.v,
                                c: 0,
                                age: 0,
                            },
                        ) {
                        } else {
                            s.w[k].pf = w.v
                        }
                    }
                }
                2 => {
                    stall += 1;
                    if g.f_timer && stall % 8 == 0 {
                        s.w[k].pf = w.v
                    }
                }
                3 | 4 => {
                    if g.win > 0 && !g.o_dead && w.ph == 3 && w.dl > g.dl {
                        s.w[k].ph = 2;
                        s.w[k].pf = w.v
                    } else {
                        if w.v > s.store || !g.cond {
                            s.store = w.v
                        }
                        s.w[k].ph = 6
                    }
                }
                5 => s.w[k].ph = 6,
                6 => {
                    if w.pf == 0
                        && land(
                            &mut s,
                            Rec {
                                t: COMMIT,
                                a: k as u8,
                                b: w.v,
                                c: 0,
                                age: 0,
                            },
                        )
                    {
                        acks(&mut s, k, w.v, g);
                        finish(&mut s, k, g)
                    }
                }
                7 => {
                    if w.pf == 0
                        && land(
                            &mut s,
                            Rec {
                                t: ABORT,
                                a: k as u8,
                                b: w.v,
                                c: 0,
                                age: 0,
                            },
                        )
                    {
                        finish(&mut s, k, g)
                    }
                }
                _ => {}
            }
        }
        norm(&mut s, g);
        rd(&mut s);
        for k in 0..NI {
            if s.i[k].lease > 0 {
                s.i[k].lease -= 1
            }
        }
        for c in s.c.iter_mut() {
            if c.ready > 0 {
                c.ready -= 1
            }
            for k in 0..NI {
                if c.xexp[k] > 0 {
                    c.xexp[k] -= 1
                }
                for p in 0..c.np as usize {
                    if c.snap[p][k] > 0 {
                        c.snap[p][k] -= 1
                    }
                }
            }
        }
    }
    if s.w[0].ph != 8 && s.boot & 0x80 == 0 || s.w[1].ph != 8 {
        return Err(format!(
            "(c) a write never completes: w0 phase {} write {}, w1 phase {} write {}",
            s.w[0].ph, s.w[0].v, s.w[1].ph, s.w[1].v
        ));
    }
    for k in 0..NI {
        if s.i[k].up == 1 && (s.i[k].blk > 0 || s.i[k].bw > 0) {
            return Err(format!(
                "(c') every write is done, yet instance {} holds the key blocked by PREPARE({}) for ever (reads go to the store)",
                k, s.i[k].blk
            ));
        }
    }
    Ok(())
}
fn fp(s: &St) -> u64 {
    let b = unsafe { std::slice::from_raw_parts(s as *const St as *const u8, std::mem::size_of::<St>()) };
    let mut h: u64 = 0x9E3779B97F4A7C15;
    let mut i = 0;
    while i + 8 <= b.len() {
        let x = u64::from_le_bytes(b[i..i + 8].try_into().unwrap());
        h = (h ^ x).wrapping_mul(0xff51afd7ed558ccd);
        h ^= h >> 32;
        i += 8
    }
    let mut x = 0u64;
    while i < b.len() {
        x = x << 8 | b[i] as u64;
        i += 1
    }
    h = (h ^ x).wrapping_mul(0xc4ceb9fe1a85ec53);
    h ^= h >> 29;
    h = h.wrapping_mul(0x9E3779B97F4A7C15);
    h ^= h >> 32;
    if h == 0 {
        1
    } else {
        h
    }
}
struct Tab {
    k: Vec<u64>,
    p: Vec<u64>,
    n: usize,
    m: usize,
}
impl Tab {
    fn new() -> Tab {
        let m = 1 << 16;
        Tab {
            k: vec![0; m],
            p: vec![0; m],
            n: 0,
            m,
        }
    }
    fn ins(&mut self, k: u64, p: u64) -> bool {
        if self.n * 10 > self.m * 7 {
            let m = self.m * 2;
            let mut t = Tab {
                k: vec![0; m],
                p: vec![0; m],
                n: 0,
                m,
            };
            for i in 0..self.m {
                if self.k[i] != 0 {
                    t.raw(self.k[i], self.p[i]);
                }
            }
            *self = t;
        }
        self.raw(k, p)
    }
    fn raw(&mut self, k: u64, p: u64) -> bool {
        let mut i = (k as usize) & (self.m - 1);
        while self.k[i] != 0 {
            if self.k[i] == k {
                return false;
            }
            i = (i + 1) & (self.m - 1)
        }
        self.k[i] = k;
        self.p[i] = p;
        self.n += 1;
        true
    }
    fn get(&self, k: u64) -> u64 {
        let mut i = (k as usize) & (self.m - 1);
        while self.k[i] != k {
            i = (i + 1) & (self.m - 1)
        }
        self.p[i]
    }
}
fn main() {
    let mut g = Cfg {
        nv: 2,
        nh: 2,
        t: 1,
        eps: 0,
        coords: 1,
        workers: 1,
        rp: 0,
        rt: 0,
        fail: 0,
        boot: 0,
        drift: 0,
        lost: 0,
        lag: 0,
        join: false,
        win: 0,
        ttl: 0,
        dl: 0,
        prompt: false,
        wcap: 0,
        live: false,
        cond: true,
        l2on: true,
        lagw: false,
        split: false,
        ni: 2,
        max: 12_000_000,
        off: HashSet::new(),
        fix: HashSet::new(),
        o_lease: false,
        o_send: false,
        o_blockcheck: false,
        o_tag: false,
        o_kill: false,
        o_replay: false,
        o_wait: false,
        o_pos: false,
        o_with: false,
        o_stop: false,
        o_eg: false,
        o_ec: false,
        o_clr: false,
        o_dead: false,
        o_att: false,
        o_nonce: false,
        o_reprep: false,
        o_fillun: false,
        o_finlease: false,
        o_boolblk: false,
        o_drop: false,
        f_snap: false,
        f_join: false,
        f_abfence: false,
        f_absafe: false,
        f_owner: false,
        f_skip: false,
        f_prepold: false,
        f_timer: false,
        f_hold: false,
        f_maxepoch: false,
        f_coordskip: false,
        f_abmatch: false,
        f_ownprep: false,
        o_em: false,
        zdead: false,
    };
    let mut quiet = false;
    let mut cut = false;
    let mut name = String::new();
    for a in std::env::args().skip(1) {
        let (k, v) = a.split_once('=').unwrap_or((&a, "1"));
        let n = || v.parse::<u8>().unwrap();
        match k {
            "nv" => g.nv = n(),
            "nh" => g.nh = n(),
            "t" => g.t = n(),
            "eps" => g.eps = n(),
            "coords" => g.coords = n(),
            "workers" => g.workers = n(),
            "rp" => g.rp = n(),
            "rt" => g.rt = n(),
            "fail" => g.fail = n(),
            "boot" => g.boot = n(),
            "drift" => g.drift = n(),
            "lost" => g.lost = n(),
            "lag" => g.lag = n(),
            "join" => g.join = n() > 0,
            "win" => g.win = n(),
            "ttl" => g.ttl = n(),
            "dl" => g.dl = n(),
            "prompt" => g.prompt = n() > 0,
            "live" => g.live = n() > 0,
            "cut" => {
                cut = n() > 0;
                g.live = true
            }
            "cond" => g.cond = n() > 0,
            "zdead" => {
                g.zdead = n() > 0;
                g.live = true
            }
            "l2" => g.l2on = n() > 0,
            "lagw" => g.lagw = n() > 0,
            "ni" => g.ni = n() as usize,
            "max" => g.max = v.parse().unwrap(),
            "off" => g.off = v.split(',').map(String::from).collect(),
            "with" => g.fix = v.split(',').map(String::from).collect(),
            "quiet" => quiet = true,
            "name" => name = v.into(),
            _ => panic!("unknown option {k}"),
        }
    }
    assert!(g.nh as usize <= HB && (g.nv as usize) < VM);
    g.fix.extend(PRESENT.iter().filter(|rule| !g.off.contains(**rule)).map(|rule| rule.to_string()));
    g.wcap = g.win;
    g.flags();
    g.split = g.join || g.o_kill || !g.cond || g.o_fillun || g.win > 0;
    if g.f_skip || g.f_owner || !g.cond {
        g.lagw = true
    }
    let t0 = std::time::Instant::now();
    let mut tab = Tab::new();
    let mut s0 = init(&g);
    norm(&mut s0, &g);
    tab.ins(fp(&s0), 0);
    let mut cur = vec![s0];
    let mut depth = 0;
    let mut full = 0usize;
    let mut out: Out = vec![];
    let mut goal = 0usize;
    let mut hit: Option<(St, String)> = None;
    let mut capped = false;
    'o: while !cur.is_empty() {
        let mut next = vec![];
        for s in &cur {
            out.clear();
            let mut bad = None;
            succ(s, &g, false, &mut out, &mut bad);
            if s.n as usize >= LW {
                full += 1
            }
            if s.acked >= g.nv {
                goal += 1
            }
            if bad.is_none() && g.live {
                if let Err(e) = settle(s, &g, cut) {
                    bad = Some(e)
                }
            }
            if let Some(b) = bad {
                hit = Some((*s, b));
                break 'o;
            }
            let p = fp(s);
            for (z, _) in out.drain(..) {
                if tab.ins(fp(&z), p) {
                    next.push(z)
                }
            }
            if tab.n > g.max {
                capped = true;
                break 'o;
            }
        }
        depth += 1;
        cur = next
    }
    let res = match &hit {
        Some((_, b)) => format!("VIOLATION {b}"),
        None => {
            if full > 0 && !capped {
                format!("no violation; complete except that {full} states had a full log window")
            } else if capped {
                format!(
                    "no violation in the first {} states (breadth first, complete to depth {})",
                    tab.n, depth
                )
            } else {
                "no violation, exhaustive".into()
            }
        }
    };
    println!(
        "{name} | {res} | states {} depth {} log-full {} all-acked {} | {:.0}s",
        tab.n,
        depth,
        full,
        goal,
        t0.elapsed().as_secs_f64()
    );
    if let (Some((s, _)), false) = (hit, quiet) {
        let mut chain = vec![fp(&s)];
        while *chain.last().unwrap() != fp(&s0) {
            let x = tab.get(*chain.last().unwrap());
            chain.push(x)
        }
        chain.reverse();
        let mut c = s0;
        for (n, f) in chain.iter().enumerate().skip(1) {
            let mut o = vec![];
            let mut b = None;
            succ(&c, &g, true, &mut o, &mut b);
            let (z, l) = o.into_iter().find(|(z, _)| fp(z) == *f).unwrap();
            println!("  {n:2}. {l}");
            c = z
        }
    }
}
