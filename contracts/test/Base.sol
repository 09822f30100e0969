// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";

import {Errors} from "../src/Errors.sol";
import {IAdmissions} from "../src/interfaces/IAdmissions.sol";
import {IGate} from "../src/interfaces/IGate.sol";
import {IOperators} from "../src/interfaces/IOperators.sol";
import {IPolicy} from "../src/interfaces/IPolicy.sol";
import {
    Admission,
    Authorization,
    Disclosure,
    Kind,
    Listing,
    Offer,
    Parent,
    Permit,
    Prices,
    Terms
} from "../src/Types.sol";
import {Deployed} from "./Deployed.sol";
import {ILedger} from "./ILedger.sol";
import {MoodyMoney} from "./MoodyMoney.sol";
import {SmartAccount} from "./SmartAccount.sol";

/// @dev A ledger with people around it, for every test.
abstract contract Base is Test, Deployed {
    uint16 internal constant FEE_BPS = 250;
    uint256 internal constant MIN_BOND = 100e6;
    uint48 internal constant PRICE = 25e6;
    uint256 internal constant MUCH = 1e15;
    bytes32 internal constant CONTENT = keccak256("content");
    bytes32 internal constant NODE_KEY = keccak256("node");

    MoodyMoney internal money;
    IOperators internal operators;
    IPolicy internal policy;
    ILedger internal works;
    IAdmissions internal admissions;
    IGate internal gate;

    Account internal creator;
    Account internal seller;
    Account internal buyer;
    address internal relayer;
    address internal treasury;
    address internal node;
    address internal stranger;
    /// @dev Owner of policy and registry.
    address internal governor;

    function setUp() public virtual {
        vm.warp(1_800_000_000);
        (creator, seller, buyer) = (makeAccount("creator"), makeAccount("seller"), makeAccount("buyer"));
        (relayer, treasury) = (makeAddr("relayer"), makeAddr("treasury"));
        (node, stranger, governor) = (makeAddr("node"), makeAddr("stranger"), makeAddr("governor"));

        money = newMoney();
        operators = deployOperators(address(money), MIN_BOND, governor, treasury);
        bytes32[] memory accountCode = new bytes32[](1);
        accountCode[0] = address(new SmartAccount()).codehash;
        policy = deployPolicy(governor, FEE_BPS, accountCode);
        works = deployWorks(
            address(money), address(operators), treasury, address(policy), "https://edge.example"
        );
        admissions = IAdmissions(works.admissions());
        gate = deployGate(address(works), address(operators), address(admissions));

        fund(seller.addr);
        fund(buyer.addr);
        fund(node);
    }

    function newMoney() internal virtual returns (MoodyMoney) {
        return new MoodyMoney();
    }

    /// @dev The compiler takes `block.timestamp` for a constant within a call, and so would read a kept time anew.
    function timeNow() internal view returns (uint64) {
        return uint64(vm.getBlockTimestamp());
    }

    // ------------------------------------------------------------------ people

    function fund(address account) internal {
        money.mint(account, MUCH);
        vm.startPrank(account);
        money.approve(address(works), type(uint256).max);
        money.approve(address(operators), type(uint256).max);
        vm.stopPrank();
    }

    /// @dev Gives a plain account EIP-7702 code.
    function delegate(address account) internal {
        vm.etch(account, abi.encodePacked(hex"ef0100", address(new SmartAccount())));
    }

    // ------------------------------------------------------------------ works

    function defaultTerms() internal pure returns (Terms memory) {
        return Terms({
            kind: Kind.Chatbot,
            disclosure: Disclosure.Sealed,
            admission: Admission.Listed,
            editionCap: 100,
            priceAtomic: PRICE,
            resaleRoyaltyBps: 1000,
            usageRoyaltyBps: 2000,
            maxTurnFeeAtomic: 1000,
            maxInputPerMillionBytesAtomic: 2000,
            maxOutputPerMillionBytesAtomic: 3000
        });
    }

    function noParents() internal pure returns (Parent[] memory) {
        return new Parent[](0);
    }

    function nobody() internal pure returns (address[] memory) {
        return new address[](0);
    }

    function listOf(address one) internal pure returns (address[] memory list) {
        list = new address[](1);
        list[0] = one;
    }

    function createWork() internal returns (uint256) {
        return createWork("salt", defaultTerms(), noParents(), nobody());
    }

    function createWork(bytes32 salt, Terms memory terms, Parent[] memory parents, address[] memory admitted)
        internal
        returns (uint256)
    {
        vm.prank(creator.addr);
        return works.create(salt, terms, parents, admitted, CONTENT);
    }

    function give(address holder, uint256 workId, uint256 quantity) internal {
        money.mint(address(this), MUCH);
        money.approve(address(works), type(uint256).max);
        works.mint(workId, quantity, holder, type(uint256).max);
    }

    // ------------------------------------------------------------------ operators

    function prices() internal pure returns (Prices memory) {
        return Prices(10, 20, 30);
    }

    function register(address owner, bytes32 key, uint256 bond) internal {
        address paymentKey = address(uint160(uint256(keccak256(abi.encode(key)))));
        vm.prank(owner);
        operators.register("https://node.example", key, paymentKey, prices(), bond);
    }

    // ------------------------------------------------------------------ signatures

    function listingOf(uint256 workId, uint256 quantity, uint256 price)
        internal
        view
        returns (Listing memory)
    {
        return Listing({
            seller: seller.addr,
            workId: workId,
            quantity: quantity,
            priceAtomic: price,
            minProceedsAtomic: 0,
            nonce: 300,
            counter: works.counterOf(seller.addr),
            expiresAtSeconds: timeNow() + 1 days
        });
    }

    function offerOf(uint256 workId, uint256 quantity, uint256 price) internal view returns (Offer memory) {
        return Offer({
            buyer: buyer.addr,
            workId: workId,
            quantity: quantity,
            priceAtomic: price,
            nonce: 7,
            counter: works.counterOf(buyer.addr),
            expiresAtSeconds: timeNow() + 1 days
        });
    }

    /// @dev An EIP-2612 permit for the ledger to take `value`.
    function permitOf(Account memory from, uint256 value) internal view returns (Permit memory) {
        bytes32 typeHash = keccak256(
            "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
        );
        uint256 deadline = timeNow() + 1 hours;
        bytes32 structHash = keccak256(
            abi.encode(typeHash, from.addr, address(works), value, money.nonces(from.addr), deadline)
        );
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", money.DOMAIN_SEPARATOR(), structHash));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(from.key, digest);
        return Permit(deadline, v, r, s);
    }

    function sign(Account memory signer, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(signer.key, digest);
        return abi.encodePacked(r, s, v);
    }

    function signCompact(Account memory signer, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(signer.key, digest);
        return abi.encodePacked(r, bytes32(uint256(s) | (uint256(v - 27) << 255)));
    }

    /// @dev An EIP-3009 authorization to pay `payee`.
    function authorize(Account memory from, address payee, uint256 value, bytes32 nonce)
        internal
        view
        returns (Authorization memory)
    {
        uint256 validBefore = timeNow() + 1 hours;
        bytes32 typeHash = money.RECEIVE_WITH_AUTHORIZATION_TYPEHASH();
        bytes32 structHash = keccak256(abi.encode(typeHash, from.addr, payee, value, 0, validBefore, nonce));
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", money.DOMAIN_SEPARATOR(), structHash));
        return Authorization(from.addr, 0, validBefore, sign(from, digest));
    }
}
