// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";

import {Errors} from "../src/Errors.sol";
import {IBatchSettlement, IDepositCollector} from "../src/settlement/IBatchSettlement.sol";
import {Erc3009Collector} from "../src/settlement/Erc3009Collector.sol";
import {TestMoney} from "../src/TestMoney.sol";
import {Deployed} from "./Deployed.sol";
import {GenerousCollector, LyingCollector, ReenteringCollector} from "./Collectors.sol";

interface IERC5267 {
    function eip712Domain()
        external
        view
        returns (bytes1, string memory, string memory, uint256, address, bytes32, uint256[] memory);
}

contract BatchSettlementTest is Test, Deployed {
    address internal constant SETTLEMENT = 0x4020074e9dF2ce1deE5A9C1b5c3f541D02a10003;

    IBatchSettlement internal settlement = IBatchSettlement(SETTLEMENT);
    address internal collector;
    TestMoney internal money;
    Account internal payer;
    Account internal session;
    Account internal authorizer;
    address internal receiver = makeAddr("receiver");
    IBatchSettlement.ChannelConfig internal config;
    bytes32 internal channelId;

    function setUp() public {
        vm.warp(1_800_000_000);
        // As on a development chain: deployed anywhere, then put where x402's packages look.
        vm.etch(SETTLEMENT, address(deploySettlement()).code);
        collector = deployArtifact("Erc3009Collector", abi.encode(SETTLEMENT));
        money = new TestMoney();
        (payer, session, authorizer) =
        (makeAccount("payer"), makeAccount("session"), makeAccount("authorizer"));
        money.mint(payer.addr, 1000);
        config = IBatchSettlement.ChannelConfig({
            payer: payer.addr,
            payerAuthorizer: session.addr,
            receiver: receiver,
            receiverAuthorizer: authorizer.addr,
            token: address(money),
            withdrawDelay: 900,
            salt: "salt"
        });
        channelId = settlement.getChannelId(config);
    }

    // ------------------------------------------------------------------ makers

    function sign(Account memory signer, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(signer.key, digest);
        return abi.encodePacked(r, s, v);
    }

    function depositData(uint256 amount, uint256 salt) internal view returns (bytes memory) {
        uint256 validBefore = vm.getBlockTimestamp() + 60;
        bytes32 nonce = keccak256(abi.encode(channelId, salt));
        bytes32 typeHash = money.RECEIVE_WITH_AUTHORIZATION_TYPEHASH();
        bytes32 structHash =
            keccak256(abi.encode(typeHash, payer.addr, collector, amount, 0, validBefore, nonce));
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", money.DOMAIN_SEPARATOR(), structHash));
        return abi.encode(0, validBefore, salt, sign(payer, digest));
    }

    function deposit(uint128 amount) internal {
        settlement.deposit(config, amount, collector, depositData(amount, 1));
    }

    function voucher(uint128 ceiling, uint128 total)
        internal
        view
        returns (IBatchSettlement.VoucherClaim memory)
    {
        bytes32 digest = settlement.getVoucherDigest(channelId, ceiling);
        IBatchSettlement.Voucher memory body = IBatchSettlement.Voucher(config, ceiling);
        return IBatchSettlement.VoucherClaim(body, sign(session, digest), total);
    }

    function batch(uint128 ceiling, uint128 total)
        internal
        view
        returns (IBatchSettlement.VoucherClaim[] memory claims)
    {
        claims = new IBatchSettlement.VoucherClaim[](1);
        claims[0] = voucher(ceiling, total);
    }

    function claim(uint128 ceiling, uint128 total) internal {
        IBatchSettlement.VoucherClaim[] memory claims = batch(ceiling, total);
        vm.prank(authorizer.addr);
        settlement.claim(claims);
    }

    // ------------------------------------------------------------------ typed data

    function test_digests_are_those_of_eip712_at_the_address_where_the_code_was_put() public view {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256(
                    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
                ),
                keccak256("x402 Batch Settlement"),
                keccak256("1"),
                block.chainid,
                SETTLEMENT
            )
        );
        bytes32 typeHash = keccak256(
            "ChannelConfig(address payer,address payerAuthorizer,address receiver,address receiverAuthorizer,address token,uint40 withdrawDelay,bytes32 salt)"
        );
        assertEq(settlement.CHANNEL_CONFIG_TYPEHASH(), typeHash);
        (, string memory name, string memory version, uint256 chainId, address verifier,,) =
            IERC5267(SETTLEMENT).eip712Domain();
        assertEq(string.concat(name, version), "x402 Batch Settlement1");
        assertEq(chainId, block.chainid);
        assertEq(verifier, SETTLEMENT);
        bytes32 structHash = keccak256(abi.encode(typeHash, config));
        assertEq(channelId, keccak256(abi.encodePacked(hex"1901", domain, structHash)));

        typeHash = keccak256("Refund(bytes32 channelId,uint256 nonce,uint128 amount)");
        structHash = keccak256(abi.encode(typeHash, channelId, 3, 4));
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", domain, structHash));
        assertEq(settlement.getRefundDigest(channelId, 3, 4), digest);

        bytes32 entry = keccak256(
            abi.encode(
                keccak256("ClaimEntry(bytes32 channelId,uint128 maxClaimableAmount,uint128 totalClaimed)"),
                channelId,
                9,
                8
            )
        );
        typeHash = keccak256(
            "ClaimBatch(ClaimEntry[] claims)ClaimEntry(bytes32 channelId,uint128 maxClaimableAmount,uint128 totalClaimed)"
        );
        structHash = keccak256(abi.encode(typeHash, keccak256(abi.encodePacked(entry))));
        digest = keccak256(abi.encodePacked(hex"1901", domain, structHash));
        assertEq(settlement.getClaimBatchDigest(batch(9, 8)), digest);
    }

    // ------------------------------------------------------------------ deposit

    function test_a_deposit_is_brought_by_the_payers_signature_and_only_once() public {
        deposit(100);
        (uint128 balance, uint128 claimed) = settlement.channels(channelId);
        assertEq(balance, 100);
        assertEq(claimed, 0);
        bytes memory data = depositData(100, 1);
        vm.expectRevert();
        settlement.deposit(config, 100, collector, data);
        settlement.deposit(config, 50, collector, depositData(50, 2));
        (balance,) = settlement.channels(channelId);
        assertEq(balance, 150);
    }

    function test_a_deposit_for_one_channel_does_not_open_another() public {
        bytes memory data = depositData(100, 1);
        config.salt = "another";
        vm.expectRevert(abi.encodeWithSelector(Errors.TestMoney_BadSignature.selector, payer.addr));
        settlement.deposit(config, 100, collector, data);
    }

    function test_only_the_settlement_uses_the_collector() public {
        assertEq(Erc3009Collector(collector).settlement(), SETTLEMENT);
        vm.expectRevert(
            abi.encodeWithSelector(Errors.Collector_NotSettlement.selector, address(this), SETTLEMENT)
        );
        IDepositCollector(collector).collect(payer.addr, address(money), 1, channelId, "");
    }

    function test_a_collector_that_brings_less_or_comes_back_is_refused() public {
        address liar = address(new LyingCollector());
        vm.expectRevert(abi.encodeWithSelector(Errors.BatchSettlement_WrongDeposit.selector, 0, 100));
        settlement.deposit(config, 100, liar, "");
        address looper = address(new ReenteringCollector(settlement));
        vm.expectRevert(Errors.BatchSettlement_Reentered.selector);
        settlement.deposit(config, 100, looper, abi.encodeCall(settlement.settle, (receiver, address(money))));
    }

    function test_a_collector_that_brings_more_is_refused_so_that_nothing_lies_about_ownerless() public {
        address generous = address(new GenerousCollector());
        vm.expectRevert(abi.encodeWithSelector(Errors.BatchSettlement_WrongDeposit.selector, 101, 100));
        settlement.deposit(config, 100, generous, "");
    }

    function test_a_channel_has_parties_an_amount_and_a_delay_within_bounds() public {
        vm.expectRevert(Errors.BatchSettlement_ZeroAmount.selector);
        settlement.deposit(config, 0, collector, "");
        for (uint256 i; i < 2; ++i) {
            config.withdrawDelay = i == 0 ? 899 : 30 days + 1;
            vm.expectRevert(
                abi.encodeWithSelector(
                    Errors.BatchSettlement_BadWithdrawDelay.selector, config.withdrawDelay, 900, 30 days
                )
            );
            settlement.deposit(config, 1, collector, "");
        }
        config.receiver = address(0);
        vm.expectRevert(Errors.BatchSettlement_ZeroParty.selector);
        settlement.deposit(config, 1, collector, "");
    }

    // ------------------------------------------------------------------ claim and settle

    function test_claims_are_cumulative_and_settled_to_the_receiver_by_anyone() public {
        deposit(100);
        claim(30, 20);
        claim(30, 30);
        (uint128 claimed, uint128 settled) = settlement.receivers(receiver, address(money));
        assertEq(claimed, 30);
        assertEq(settled, 0);
        settlement.settle(receiver, address(money));
        assertEq(money.balanceOf(receiver), 30);
        vm.expectRevert(
            abi.encodeWithSelector(Errors.BatchSettlement_NothingToSettle.selector, receiver, address(money))
        );
        settlement.settle(receiver, address(money));
    }

    function test_a_replayed_or_lowered_voucher_adds_nothing() public {
        deposit(100);
        claim(30, 30);
        claim(30, 30);
        claim(20, 20);
        (uint128 claimed,) = settlement.receivers(receiver, address(money));
        assertEq(claimed, 30);
    }

    function test_no_more_is_claimed_than_signed_or_deposited() public {
        deposit(100);
        IBatchSettlement.VoucherClaim[] memory claims = batch(30, 31);
        vm.startPrank(authorizer.addr);
        vm.expectRevert(abi.encodeWithSelector(Errors.BatchSettlement_AboveVoucher.selector, 31, 30));
        settlement.claim(claims);
        vm.stopPrank();
        claims = batch(200, 101);
        vm.startPrank(authorizer.addr);
        vm.expectRevert(abi.encodeWithSelector(Errors.BatchSettlement_AboveBalance.selector, 101, 100));
        settlement.claim(claims);
        claims[0].voucher.maxClaimableAmount = 201;
        claims[0].totalClaimed = 50;
        vm.expectRevert(abi.encodeWithSelector(Errors.BatchSettlement_BadSignature.selector, session.addr));
        settlement.claim(claims);
        vm.stopPrank();
    }

    function test_only_the_receivers_authorizer_claims() public {
        deposit(100);
        IBatchSettlement.VoucherClaim[] memory claims = batch(30, 30);
        vm.expectRevert(
            abi.encodeWithSelector(
                Errors.BatchSettlement_WrongAuthorizer.selector, address(this), authorizer.addr
            )
        );
        settlement.claim(claims);
        bytes memory forged = sign(session, settlement.getClaimBatchDigest(claims));
        vm.expectRevert(abi.encodeWithSelector(Errors.BatchSettlement_BadSignature.selector, authorizer.addr));
        settlement.claimWithSignature(claims, forged);
        settlement.claimWithSignature(claims, sign(authorizer, settlement.getClaimBatchDigest(claims)));
        (uint128 claimed,) = settlement.receivers(receiver, address(money));
        assertEq(claimed, 30);
        vm.expectRevert(Errors.BatchSettlement_EmptyBatch.selector);
        settlement.claimWithSignature(new IBatchSettlement.VoucherClaim[](0), "");
    }

    function test_without_a_session_key_the_payer_signs() public {
        config.payerAuthorizer = address(0);
        channelId = settlement.getChannelId(config);
        deposit(100);
        IBatchSettlement.VoucherClaim[] memory claims = batch(30, 30);
        vm.expectRevert(abi.encodeWithSelector(Errors.BatchSettlement_BadSignature.selector, payer.addr));
        vm.prank(authorizer.addr);
        settlement.claim(claims);
        claims[0].signature = sign(payer, settlement.getVoucherDigest(channelId, 30));
        vm.prank(authorizer.addr);
        settlement.claim(claims);
    }

    // ------------------------------------------------------------------ refund

    function test_what_is_free_is_refunded_by_the_authorizer_alone() public {
        deposit(100);
        claim(30, 30);
        vm.expectRevert(abi.encodeWithSelector(Errors.BatchSettlement_NotAllowed.selector, address(this)));
        settlement.refund(config, 10);
        vm.prank(authorizer.addr);
        settlement.refund(config, type(uint128).max);
        assertEq(money.balanceOf(payer.addr), 970);
        vm.expectRevert(abi.encodeWithSelector(Errors.BatchSettlement_NothingToRefund.selector, channelId));
        vm.prank(authorizer.addr);
        settlement.refund(config, 1);
        settlement.settle(receiver, address(money));
        assertEq(money.balanceOf(receiver), 30);
    }

    function test_a_signed_refund_is_good_once_and_in_its_turn() public {
        deposit(100);
        bytes memory signature = sign(authorizer, settlement.getRefundDigest(channelId, 0, 40));
        vm.expectRevert(abi.encodeWithSelector(Errors.BatchSettlement_BadSignature.selector, authorizer.addr));
        settlement.refundWithSignature(config, 41, 0, signature);
        settlement.refundWithSignature(config, 40, 0, signature);
        assertEq(settlement.refundNonce(channelId), 1);
        vm.expectRevert(abi.encodeWithSelector(Errors.BatchSettlement_WrongNonce.selector, 0, 1));
        settlement.refundWithSignature(config, 40, 0, signature);
    }

    function test_claim_and_refund_go_in_one_transaction_or_not_at_all() public {
        deposit(100);
        IBatchSettlement.VoucherClaim[] memory claims = batch(30, 30);
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(settlement.claim, (claims));
        calls[1] = abi.encodeCall(settlement.refund, (config, 70));
        vm.expectRevert(
            abi.encodeWithSelector(
                Errors.BatchSettlement_WrongAuthorizer.selector, address(this), authorizer.addr
            )
        );
        settlement.multicall(calls);
        vm.prank(authorizer.addr);
        settlement.multicall(calls);
        (uint128 balance, uint128 claimed) = settlement.channels(channelId);
        assertEq(balance, 30);
        assertEq(claimed, 30);
    }

    // ------------------------------------------------------------------ the payer's own way out

    function test_the_payer_withdraws_after_the_delay_and_claims_come_first() public {
        deposit(100);
        vm.expectRevert(abi.encodeWithSelector(Errors.BatchSettlement_NotAllowed.selector, address(this)));
        settlement.initiateWithdraw(config, 100);
        vm.startPrank(payer.addr);
        vm.expectRevert(abi.encodeWithSelector(Errors.BatchSettlement_AboveBalance.selector, 101, 100));
        settlement.initiateWithdraw(config, 101);
        settlement.initiateWithdraw(config, 100);
        vm.stopPrank();
        (uint128 pendingAmount, uint40 initiatedAt) = settlement.pendingWithdrawals(channelId);
        assertEq(pendingAmount, 100);
        assertEq(initiatedAt, vm.getBlockTimestamp());
        claim(30, 30);
        uint256 finalAt = vm.getBlockTimestamp() + 900;
        vm.warp(finalAt - 1);
        vm.expectRevert(
            abi.encodeWithSelector(Errors.BatchSettlement_TooEarly.selector, finalAt, finalAt - 1)
        );
        settlement.finalizeWithdraw(config);
        vm.warp(finalAt);
        settlement.finalizeWithdraw(config);
        assertEq(money.balanceOf(payer.addr), 970);
        vm.expectRevert(abi.encodeWithSelector(Errors.BatchSettlement_NoWithdrawal.selector, channelId));
        settlement.finalizeWithdraw(config);
        settlement.settle(receiver, address(money));
        assertEq(money.balanceOf(SETTLEMENT), 0);
    }

    function testFuzz_money_what_a_channel_holds_is_what_was_neither_refunded_nor_settled(
        uint128 deposited,
        uint128 claimed,
        uint128 refunded
    ) public {
        deposited = uint128(bound(deposited, 1, 1000));
        claimed = uint128(bound(claimed, 1, deposited));
        deposit(deposited);
        claim(claimed, claimed);
        if (claimed < deposited) {
            refunded = uint128(bound(refunded, 1, deposited));
            vm.prank(authorizer.addr);
            settlement.refund(config, refunded);
        }
        (uint128 balance,) = settlement.channels(channelId);
        assertGe(balance, claimed);
        assertEq(money.balanceOf(SETTLEMENT), balance);
        settlement.settle(receiver, address(money));
        assertEq(money.balanceOf(receiver), claimed);
        assertEq(money.balanceOf(SETTLEMENT), balance - claimed);
    }
}
