// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";

import {IAdmissions} from "../../src/interfaces/IAdmissions.sol";
import {IGate} from "../../src/interfaces/IGate.sol";
import {IKeyNetwork} from "../../src/interfaces/IKeyNetwork.sol";
import {IOperators} from "../../src/interfaces/IOperators.sol";
import {IPolicy} from "../../src/interfaces/IPolicy.sol";
import {IBatchSettlement} from "../../src/settlement/IBatchSettlement.sol";
import {Authorization, Permit} from "../../src/Types.sol";
import {ILedger} from "../ILedger.sol";
import {MoodyMoney} from "../MoodyMoney.sol";
import {SmartAccount, Wrapper} from "../SmartAccount.sol";

/// @dev The deployed ledger that a campaign runs on.
struct Parts {
    ILedger works;
    IOperators operators;
    IPolicy policy;
    IAdmissions admissions;
    IGate gate;
    IKeyNetwork keyNetwork;
    IBatchSettlement settlement;
    address collector;
    MoodyMoney money;
    address governor;
    address treasury;
}

/// @dev The ledger, its people and its clock: what every act of the campaign shares.
abstract contract Stage is Test {
    /// @dev A legal act was refused, or an illegal one was not.
    error Unexpected(bytes4 act, bool legal, bytes result);

    uint256 internal constant PEOPLE = 5;
    uint256 internal constant OPERATORS = 3;
    uint256 internal constant BPS = 10_000;
    uint256 internal constant FOR_EVER = type(uint64).max;

    ILedger internal immutable works;
    IOperators internal immutable operators;
    IPolicy internal immutable policy;
    IAdmissions internal immutable admissions;
    IGate internal immutable gate;
    IKeyNetwork internal immutable keyNetwork;
    IBatchSettlement internal immutable settlement;
    address internal immutable collector;
    MoodyMoney internal immutable money;
    address internal immutable governor;
    address internal immutable treasury;
    address internal immutable relayer;
    /// @dev A contract whose code is not listed: it must never hold an edition.
    address internal immutable outsider;

    /// @dev Three plain accounts, one delegated by EIP-7702, and a smart account that the fifth key signs for.
    address[] internal people;
    uint256[] internal keys;
    address[] internal nodes;

    /// @dev How often each act took place, and how often it was tried illegally and refused.
    mapping(bytes4 act => uint256) public taken;
    mapping(bytes4 act => uint256) public refused;
    uint256 public calls;
    uint256 public nowSeconds;
    uint256 internal nextSalt;

    /// @dev The fuzzer may forget the clock between two calls; the campaign does not.
    modifier act() {
        vm.warp(nowSeconds);
        vm.roll(nowSeconds / 2);
        ++calls;
        _;
    }

    constructor(Parts memory parts) {
        (works, operators, policy, admissions) =
        (parts.works, parts.operators, parts.policy, parts.admissions);
        (gate, keyNetwork, settlement) = (parts.gate, parts.keyNetwork, parts.settlement);
        (collector, money) = (parts.collector, parts.money);
        (governor, treasury) = (parts.governor, parts.treasury);
        relayer = makeAddr("relayer of the campaign");
        outsider = address(new Wrapper());
        nowSeconds = vm.getBlockTimestamp();
        for (uint256 i; i < PEOPLE; ++i) {
            (address person, uint256 key) = makeAddrAndKey(string(abi.encodePacked("person", i)));
            people.push(person);
            keys.push(key);
        }
        SmartAccount smart = new SmartAccount();
        smart.setOwner(people[PEOPLE - 1]);
        people[PEOPLE - 1] = address(smart);
        vm.etch(people[PEOPLE - 2], abi.encodePacked(hex"ef0100", address(new SmartAccount())));
        for (uint256 i; i < OPERATORS; ++i) {
            nodes.push(makeAddr(string(abi.encodePacked("node", i))));
        }
        _approve();
    }

    // ------------------------------------------------------------------ acts

    /// @dev Makes a call that must succeed exactly if it is legal.
    function _attempt(address from, address to, bytes memory data, bool legal)
        internal
        returns (bytes memory)
    {
        vm.prank(from);
        (bool ok, bytes memory result) = to.call(data);
        if (ok != legal) revert Unexpected(msg.sig, legal, result);
        if (ok) ++taken[msg.sig];
        else ++refused[msg.sig];
        return result;
    }

    // ------------------------------------------------------------------ who and when

    function _person(uint256 who) internal view returns (address) {
        return people[who % PEOPLE];
    }

    function _node(uint256 who) internal view returns (address) {
        return nodes[who % OPERATORS];
    }

    /// @dev Mostly someone who may hold editions; now and then nobody, or a contract that may not.
    function _recipient(uint256 who) internal view returns (address) {
        uint256 pick = who % 16;
        if (pick == 14) return outsider;
        return pick == 15 ? address(0) : people[pick % PEOPLE];
    }

    function _mayHold(address account) internal view returns (bool) {
        if (account == people[PEOPLE - 1] || account == people[PEOPLE - 2]) return true;
        return account != address(0) && account.code.length == 0;
    }

    function _isRefused(address to) internal view returns (bool) {
        return money.moodFor(to) != MoodyMoney.Mood.Kind;
    }

    function _keyOf(address person) internal view returns (uint256) {
        for (uint256 i; i < PEOPLE; ++i) {
            if (people[i] == person) return keys[i];
        }
        revert("nobody's key");
    }

    function _min(uint256 a, uint256 b) internal pure returns (uint256) {
        return a < b ? a : b;
    }

    /// @dev Any sum up to the ceiling, often the ceiling itself, often one unit more.
    function _upTo(uint256 ceiling, uint256 pick) internal pure returns (uint256) {
        if (pick % 6 < 2) return ceiling + pick % 6;
        return pick / 6 % (ceiling + 1);
    }

    function _max(uint256 a, uint256 b) internal pure returns (uint256) {
        return a > b ? a : b;
    }

    // ------------------------------------------------------------------ signatures

    function _sign(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    /// @dev An EIP-3009 authorization of a person to pay `payee`.
    function _authorize(address from, address payee, uint256 amountAtomic, bytes32 nonce)
        internal
        view
        returns (Authorization memory)
    {
        uint256 validBefore = nowSeconds + 1 hours;
        bytes32 typeHash = money.RECEIVE_WITH_AUTHORIZATION_TYPEHASH();
        bytes32 structHash = keccak256(abi.encode(typeHash, from, payee, amountAtomic, 0, validBefore, nonce));
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", money.DOMAIN_SEPARATOR(), structHash));
        return Authorization(from, 0, validBefore, _sign(_keyOf(from), digest));
    }

    function _permit(address from, uint256 amountAtomic) internal view returns (Permit memory permit) {
        permit.deadlineSeconds = nowSeconds + 1 hours;
        bytes32 typeHash =
            keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 structHash = keccak256(
            abi.encode(
                typeHash, from, address(works), amountAtomic, money.nonces(from), permit.deadlineSeconds
            )
        );
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", money.DOMAIN_SEPARATOR(), structHash));
        (permit.v, permit.r, permit.s) = vm.sign(_keyOf(from), digest);
    }

    /// @dev Everyone lets the ledger take what they owe; a permit replaces that, and so it is given anew after one.
    function _approve() internal {
        for (uint256 i; i < PEOPLE; ++i) {
            _approveFrom(people[i], address(works));
        }
        for (uint256 i; i < OPERATORS; ++i) {
            _approveFrom(nodes[i], address(operators));
        }
    }

    function _approveFrom(address from, address spender) internal {
        vm.prank(from);
        money.approve(spender, type(uint256).max);
    }
}
