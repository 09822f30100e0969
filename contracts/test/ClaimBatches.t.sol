// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";

import {Errors} from "../src/Errors.sol";
import {IBatchSettlement, IDepositCollector} from "../src/settlement/IBatchSettlement.sol";
import {TestMoney} from "../src/TestMoney.sol";
import {Deployed} from "./Deployed.sol";

/// @dev Brings money out of thin air.
contract FreeCollector is IDepositCollector {
    function collect(address, address token, uint256 amount, bytes32, bytes calldata) external {
        TestMoney(token).mint(msg.sender, amount);
    }
}

/// @dev Batches in which receivers and tokens take turns: what neighbours share is written once, and must add up.
contract ClaimBatchesTest is Test, Deployed {
    uint128 private constant HELD = 1000;
    uint256 private constant RECEIVERS = 3;

    IBatchSettlement private settlement;
    IDepositCollector private collector;
    TestMoney[2] private moneys;
    Account private session = makeAccount("session");
    Account private authorizer = makeAccount("authorizer");

    function setUp() public {
        vm.warp(1_800_000_000);
        settlement = deploySettlement();
        collector = new FreeCollector();
        moneys = [new TestMoney(), new TestMoney()];
    }

    // ------------------------------------------------------------------ makers

    function receiverOf(uint256 choice) private pure returns (address) {
        return address(uint160(1000 + choice % RECEIVERS));
    }

    function moneyOf(uint256 choice) private view returns (address) {
        return address(moneys[choice / RECEIVERS % 2]);
    }

    function sign(Account memory signer, bytes32 digest) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(signer.key, digest);
        return abi.encodePacked(r, s, v);
    }

    /// @dev A channel of its own for each index, with its receiver, token and claim taken from `choice`.
    function claimOf(uint256 index, uint256 choice)
        private
        returns (IBatchSettlement.VoucherClaim memory entry)
    {
        IBatchSettlement.ChannelConfig memory config = IBatchSettlement.ChannelConfig({
            payer: makeAddr("payer"),
            payerAuthorizer: session.addr,
            receiver: receiverOf(choice),
            receiverAuthorizer: authorizer.addr,
            token: moneyOf(choice),
            withdrawDelay: 900,
            salt: bytes32(index)
        });
        settlement.deposit(config, HELD, address(collector), "");
        uint128 total = uint128(choice % (HELD + 1));
        bytes32 digest = settlement.getVoucherDigest(settlement.getChannelId(config), HELD);
        entry.voucher = IBatchSettlement.Voucher(config, HELD);
        (entry.signature, entry.totalClaimed) = (sign(session, digest), total);
    }

    // ------------------------------------------------------------------ tests

    function testFuzz_money_each_receiver_is_owed_the_sum_of_its_claims(
        uint16[12] memory choices,
        bool isSigned
    ) public {
        IBatchSettlement.VoucherClaim[] memory claims = new IBatchSettlement.VoucherClaim[](choices.length);
        uint256[RECEIVERS * 2] memory owed;
        for (uint256 i; i < choices.length; ++i) {
            claims[i] = claimOf(i, choices[i]);
            owed[choices[i] % (RECEIVERS * 2)] += claims[i].totalClaimed;
        }
        if (isSigned) {
            settlement.claimWithSignature(claims, sign(authorizer, settlement.getClaimBatchDigest(claims)));
        } else {
            vm.prank(authorizer.addr);
            settlement.claim(claims);
        }
        for (uint256 i; i < owed.length; ++i) {
            (uint128 claimed,) = settlement.receivers(receiverOf(i), moneyOf(i));
            assertEq(claimed, owed[i]);
        }
    }

    function test_a_channel_that_is_there_twice_counts_once() public {
        IBatchSettlement.VoucherClaim[] memory claims = new IBatchSettlement.VoucherClaim[](2);
        claims[0] = claimOf(0, 500);
        claims[1] = claims[0];
        vm.prank(authorizer.addr);
        settlement.claim(claims);
        (uint128 claimed,) = settlement.receivers(receiverOf(500), moneyOf(500));
        assertEq(claimed, 500);
    }

    function test_one_bad_voucher_undoes_the_whole_batch() public {
        IBatchSettlement.VoucherClaim[] memory claims = new IBatchSettlement.VoucherClaim[](2);
        (claims[0], claims[1]) = (claimOf(0, 500), claimOf(1, 501));
        claims[1].signature = claims[0].signature;
        vm.prank(authorizer.addr);
        vm.expectRevert(abi.encodeWithSelector(Errors.BatchSettlement_BadSignature.selector, session.addr));
        settlement.claim(claims);
        (uint128 claimed,) = settlement.receivers(receiverOf(500), moneyOf(500));
        assertEq(claimed, 0);
    }
}
